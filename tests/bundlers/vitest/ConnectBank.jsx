// A component of an app's, as its author has it.
import { describeError, link } from 'link-widget';
import { useState } from 'react';

export function ConnectBank() {
  const [step, setStep] = useState('');
  const [outcome, setOutcome] = useState('');
  const connect = async () => {
    try {
      const { consentID } = await link('session', {
        onEvent: (event) => event.type === 'step' && setStep(event.step),
      });
      setOutcome(`Connected: ${consentID}`);
    } catch (error) {
      setOutcome(describeError(error.code).message);
    }
  };
  return (
    <>
      <button onClick={connect}>Connect your bank</button>
      <p data-testid="step">{step}</p>
      <p role="status">{outcome}</p>
    </>
  );
}
