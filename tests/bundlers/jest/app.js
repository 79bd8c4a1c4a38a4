// Some of an app, as its author has it.
import { describeError, link } from 'link-widget';

export async function connect(session, onEvent) {
  try {
    return (await link(session, { onEvent })).consentID;
  } catch (error) {
    return describeError(error.code).message;
  }
}
