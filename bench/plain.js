// The least that is a correct `link()` for one provider, in plain JavaScript: what `cargo xtask bench`
// measures the package against. Only the window that it opened, at the origin that it opened, is heard; it
// settles once, and leaves nothing behind.

/** Shows the consent page of a session in a dialog, or in a popup, until it has answered. */
export function link(
  sessionId,
  { authServer = 'https://auth.fiskil.com', mode = 'overlay', timeoutMs = 600000 } = {},
) {
  let resolve, reject;
  const promise = new Promise((...functions) => ([resolve, reject] = functions));
  const url = new URL(authServer);
  url.searchParams.set('sess_id', sessionId);

  const dialog = document.createElement('dialog');
  dialog.ariaLabel = 'Connect your bank';
  const button = document.createElement('button');
  button.ariaLabel = 'Close';
  button.textContent = '×';
  button.onclick = () => dialog.close();
  dialog.append(button);

  const frame = document.createElement('iframe');
  let opened;
  if (mode === 'popup') {
    opened = open(url, '_blank', 'popup,width=480,height=760');
    if (!opened)
      return Object.assign(Promise.reject(new Error('The browser did not open a window.')), { close() {} });
  } else {
    frame.title = 'Connect your bank';
    frame.src = url.href;
    frame.style.cssText = 'border:0;inline-size:100%;block-size:40rem';
    dialog.append(frame);
  }

  let isOver = false;
  function end(settle, value) {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    removeEventListener('message', hear);
    dialog.close();
    dialog.remove();
    opened?.close();
    settle(value);
  }
  const fail = (why) => end(reject, new Error(why));
  function hear(event) {
    const { isTrusted, source, origin } = event;
    if (!isTrusted || !source || source !== (opened ?? frame.contentWindow) || origin !== url.origin) return;
    const { isCompleted, consentID, redirectURL, error } = event.data ?? {};
    if (isCompleted === true) end(resolve, { consentID, redirectURL });
    if (isCompleted === false) fail(`${error}`);
  }
  addEventListener('message', hear);
  const timer = setTimeout(fail, timeoutMs, 'timeout');
  const cancel = () => fail('cancelled');
  // Gives the focus back to where it was when it closes.
  dialog.onclose = cancel;
  document.body.append(dialog);
  dialog.showModal();
  return Object.assign(promise, { close: cancel });
}
