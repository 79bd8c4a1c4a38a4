import { Bank } from '../Bank.jsx';

// made anew for every visitor
export const dynamic = 'force-dynamic';

export default function Page() {
  return (
    <main>
      <Bank />
    </main>
  );
}
