// The merchant's own back end.

async function call(path, body, signal) {
  const options =
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(path, { ...options, signal, cache: 'no-store' });
  const text = await response.text();
  let answer;
  try {
    answer = text === '' ? {} : JSON.parse(text);
  } catch {
    answer = { error: text };
  }
  if (!response.ok) throw new Error(reason(answer.error) ?? `HTTP ${response.status}`);
  return answer;
}

function reason(error) {
  return typeof error === 'string' ? error : error?.message;
}

/** Everything that can be chosen: `[{ id, name, country, live, modes, scenarios }]`. */
export async function providers() {
  return (await call('/api/providers')).providers;
}

/**
 * Creates a session at the provider: `{ ref, launch }`, `launch` being what the launcher takes. With
 * `reconnect`, the `ref` of a link that is connected, the person comes back to that; without `launch` nobody
 * need be asked.
 */
export function start(provider, { scenario, mode, returnUrl, reconnect }, signal) {
  return call(`/api/${provider}/start`, { scenario, mode, returnUrl, reconnect }, signal);
}

/** A fresh authorize token for the session. */
export async function authorizeToken(ref) {
  return (await call('/api/flinks/token', { ref })).authorizeToken;
}

/** Tells the back end what the page was given, so that it can confirm it and fetch the data. */
export function finish(provider, ref, result) {
  return call(`/api/${provider}/finish`, { ref, result });
}

/** What the back end has received so far for one session. */
export function record(provider, ref, signal) {
  return call(`/api/${provider}/record/${encodeURIComponent(ref)}`, undefined, signal);
}
