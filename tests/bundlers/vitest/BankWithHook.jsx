// Components of an app's that have their flow from the hook.
import { useEffect } from 'react';
import { useLink } from 'link-widget/react';

/** `session`: what the app's server answers. */
export function BankWithHook({ launcher, session = 'session' }) {
  const { start, result, error, event } = useLink(launcher);
  return (
    <>
      <button onClick={async () => start(session?.then ? await session : session)}>Connect your bank</button>
      <p data-testid="step">{event?.step}</p>
      {result && <p role="status">Connected: {result.consentID}</p>}
      {error && <p role="alert">{error.message}</p>}
    </>
  );
}

function Starter({ start }) {
  useEffect(() => void start('session'), [start]);
}

export function StartsAtOnce({ launcher }) {
  const { start, result } = useLink(launcher);
  return (
    <>
      <Starter start={start} />
      {result && <p role="status">{result.consentID}</p>}
    </>
  );
}
