import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { given } from './page.js';
import { LinkAccountButton, useLinkAccount } from './useLinkAccount';

function Shop() {
  const [sessionId] = given();
  const [outcome, setOutcome] = useState('');
  const { startLink, cancel, status, error } = useLinkAccount();
  return (
    <>
      <div id="button">
        <LinkAccountButton sessionId={sessionId} onSuccess={setOutcome} />
      </div>
      <p id="outcome">{outcome}</p>
      <section id="bank" data-status={status}>
        <button id="connect" onClick={() => startLink(sessionId)}>
          Connect your bank
        </button>
        <button id="cancel" onClick={cancel}>
          Cancel
        </button>
        <p id="error">{error?.message}</p>
      </section>
    </>
  );
}

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <Shop />
  </StrictMode>,
);
