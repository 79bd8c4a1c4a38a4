import { useState } from 'react';
import { Bank } from './Bank.jsx';

export function Shop() {
  const [isThere, setThere] = useState(true);
  return (
    <>
      <button id="toggle" onClick={() => setThere(!isThere)}>
        {isThere ? 'Away with it' : 'Back with it'}
      </button>
      {isThere && <Bank />}
    </>
  );
}
