// Leads through the steps of a consent page: one is shown at a time, and its heading gets the focus.

/**
 * An element that the page has.
 * @param {string} id
 * @returns {any} of the kind that the page's HTML makes it
 */
export const byId = (id) => document.getElementById(id);

/**
 * All elements of a selector.
 * @param {string} selector
 * @returns {Iterable<any>} of the kind that it names
 */
export const all = (selector) => document.querySelectorAll(selector);

/** What the server gave the page. */
export const given = JSON.parse(byId('given').textContent);

/** Shows the step `step-<name>`. The first one of a page leaves the focus where the person has it. */
export function show(name, focus = true) {
  for (const step of all('[id^="step-"]')) {
    step.hidden = step.id !== `step-${name}`;
  }
  const heading = byId(`step-${name}`).querySelector('h1');
  document.title = document.title.replace(/^.*(?= · )/, heading.textContent.trim());
  window.scrollTo(0, 0);
  if (focus) heading.focus();
}

/** Asks the page's own server. Rejects with a sentence for the person. */
export async function post(path, body) {
  let response;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error(given?.words?.['no-connection'] ?? 'There is no connection. Please try again.');
  }
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

/**
 * Runs `submitted` when the form is sent, once at a time. What it throws is shown, said aloud, and tied to
 * the field.
 */
export function onSubmit(form, submitted) {
  const button = form.querySelector('[type="submit"]');
  const error = form.querySelector('.error');
  form.noValidate = true;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.getAttribute('aria-disabled') === 'true') return;
    clear(form, error);
    const empty = [...form.querySelectorAll('input[required]')].find(({ value }) => value.trim() === '');
    if (empty)
      return fail(
        error,
        empty,
        `${empty.labels[0].textContent.trim()}: ${given?.words?.required ?? 'please fill this in.'}`,
      );
    button.setAttribute('aria-disabled', 'true');
    try {
      await submitted(new FormData(form), event.submitter?.value);
    } catch ({ message }) {
      fail(error, form.querySelector('input'), message);
    } finally {
      button.removeAttribute('aria-disabled');
    }
  });
}

function clear(form, error) {
  error.textContent = '';
  for (const input of form.querySelectorAll('[aria-invalid]')) {
    input.removeAttribute('aria-invalid');
    input.removeAttribute('aria-describedby');
  }
}

function fail(error, input, message) {
  error.textContent = message;
  if (!input) return;
  input.setAttribute('aria-invalid', 'true');
  input.setAttribute('aria-describedby', error.id);
  input.focus();
  input.select?.();
}

/** An element with attributes and children. */
export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
