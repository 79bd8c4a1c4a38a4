// A component of an app's that has its flow from the hook.
import { useLink } from 'link-widget/react';

export function BankWithHook({ launcher }) {
  const { start, result, error, event } = useLink(launcher);
  return (
    <>
      <button onClick={() => start('session')}>Connect your bank</button>
      <p data-testid="step">{event?.step}</p>
      {result && <p role="status">Connected: {result.consentID}</p>}
      {error && <p role="alert">{error.message}</p>}
    </>
  );
}
