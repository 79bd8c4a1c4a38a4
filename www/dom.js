/** An element with attributes and children; text is never parsed as HTML. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, '');
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

/**
 * An element that the page has.
 * @param {string} id
 * @returns {any} of the kind that the page's HTML makes it
 */
export const byId = (id) => document.getElementById(id);

/**
 * Says a sentence to people who use a screen reader. It stands beside the one before: in its place, a screen
 * reader that is still busy would skip that one.
 */
export function announce(sentence) {
  const log = byId('announcer');
  log.append(element('p', {}, sentence));
  if (log.childElementCount > 5) log.firstElementChild.remove();
}

/** A list of names and values. */
export function definitions(pairs) {
  return element(
    'dl',
    {},
    ...pairs.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
  );
}

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    announce(`${what} copied.`);
    return true;
  } catch {
    announce(`${what} could not be copied.`);
    return false;
  }
}

/** A button that copies, and says so on its face for two seconds. */
export function copyButton(button, what, text) {
  const label = button.textContent;
  let timer;
  button.addEventListener('click', async () => {
    const copied = await copy(text(), what);
    button.textContent = copied ? 'Copied' : 'Could not copy';
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.textContent = label;
    }, 2000);
  });
}
