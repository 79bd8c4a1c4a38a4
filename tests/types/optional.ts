// What an app passes on that it may not have, also with `exactOptionalPropertyTypes`. It is compiled, never
// run.
import { cspDirectives, link, openFinqlink, openFlinks } from 'link-widget';

export function connect(props: { title?: string; signal?: AbortSignal; token?: string; page?: string }) {
  const { title, signal, token: authorizeToken, page: url } = props;
  link('session', { title, signal, window: window.open('', '_blank', 'popup') ?? undefined });
  openFlinks({ url, authorizeToken, onEvent: undefined });
  openFinqlink('https://pages.example', { state: undefined, returnUrl: undefined });
  return cspDirectives('flinks', { url, mode: undefined });
}
