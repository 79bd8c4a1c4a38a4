'use client';
import { link } from 'link-widget';
import { useLink } from 'link-widget/react';
import { given } from './page.js';

export function Bank() {
  // a launcher of the page's own, and another one each time
  const { start, cancel, status, result, error, event } = useLink((session, options) =>
    link(session, options),
  );
  return (
    <section id="bank" data-status={status} data-event={event?.type}>
      <h1>Before the change</h1>
      {/* not disabled meanwhile: a second click is a case of its own */}
      <button id="connect" onClick={() => start(...given())}>
        Connect your bank
      </button>
      <button id="cancel" onClick={cancel}>
        Cancel
      </button>
      <p id="outcome">{result?.consentID ?? error?.code}</p>
    </section>
  );
}
