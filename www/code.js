// The running code, in the page's own words.
import { byId, element } from './dom.js';
import { returnUrl } from './launch.js';
import { PROVIDERS } from './providers.js';

/** Prints the sample of a call. */
export function showCode(choice, call, again) {
  byId('code').firstElementChild.replaceChildren(...highlight(sample(choice, call, again)));
}

/**
 * The module that makes the call that `describeLaunch` describes. `again`: of a person who comes back. What a
 * shop has of its own is its own here: `post`, `failed`, `freshToken`, `timeline`, its buttons.
 */
export function sample({ provider, mode }, { name, first, given, own, page }, again) {
  const { renewsToken, result } = PROVIDERS[provider.id];
  const isKnown =
    page.url !== undefined && !(first?.replaced && first.name === page.name) && !(page.name in own);
  const imports = [
    name,
    isKnown ? 'preload' : null,
    'describeError',
    mode === 'redirect' ? 'resume' : null,
  ].filter(Boolean);
  const names = [first && !first.replaced ? first.name : null, ...Object.keys(given)].filter(Boolean);
  const url = returnUrl(mode);
  const argument = first && (first.replaced ? literal(first.value, url) : first.name);
  // A reconnect that needs no page has no launch.
  const mayAskNothing = again && renewsToken;
  const open = [
    `${name}(${argument ? `${argument}, ` : ''}{`,
    ...Object.entries(own).map(([key, value]) =>
      key === 'window' ? '    window: closedAlready,' : `    ${property(key, value, url)},`,
    ),
    ...Object.keys(given).map((key) => `    ${key},`),
    ...(renewsToken ? ['    getAuthorizeToken: freshToken,'] : []),
    '    onEvent: (event) => timeline.add(event),',
    '  });',
    '  cancel.onclick = () => flow.close();',
  ].join('\n');
  return [
    `import { ${imports.join(', ')} } from 'link-widget';`,
    '',
    ...(mode === 'redirect'
      ? [
          '// First of all: the answer, where this tab has come back with one.',
          'try {',
          `  const back = await resume(); // result: ${result}`,
          "  const ref = sessionStorage.getItem('ref');",
          `  if (back) await post('/api/${provider.id}/finish', { ref, result: back.result });`,
          '} catch (error) {',
          '  const { message, retryable } = describeError(error.code);',
          '  failed(message, retryable);',
          '}',
          '',
        ]
      : []),
    `// Before the click: the server creates a session${again ? ', to come back to the connection' : ''}.`,
    `const returnUrl = ${literal(url)};`,
    `const { ref, launch } = await post('/api/${provider.id}/start',`,
    `  { mode: '${mode}', returnUrl${again ? ', reconnect: earlier.ref' : ''} });`,
    ...(mayAskNothing
      ? ['// Without a launch the bank asks nothing: the server has the data.', 'connect.hidden = !launch;']
      : []),
    ...(names.length > 0 ? [`const { ${names.join(', ')} } = launch${mayAskNothing ? ' ?? {}' : ''};`] : []),
    '',
    ...(isKnown
      ? [
          '// When a click is near: compiled, and connected to the provider.',
          `connect.onpointerenter = () => preload(${page.name});`,
          '',
        ]
      : []),
    '// In the click, with nothing awaited first.',
    ...(mode === 'redirect'
      ? [
          'connect.onclick = () => {',
          '  // The tab leaves: for when it comes back.',
          "  sessionStorage.setItem('ref', ref);",
          `  const flow = ${open}`,
          '  flow.catch(({ code }) => failed(describeError(code).message));',
          '};',
        ]
      : [
          'connect.onclick = async () => {',
          `  const flow = ${open}`,
          '  try {',
          `    const result = await flow; // ${result}`,
          `    await post('/api/${provider.id}/finish', { ref, result });`,
          '  } catch (error) {',
          '    const { message, retryable } = describeError(error.code);',
          '    failed(message, retryable);',
          '  }',
          '};',
        ]),
  ].join('\n');
}

/** A property of an object; `url` is what the sample calls `returnUrl`. */
function property(key, value, url) {
  const printed = literal(value, url);
  return printed === key ? key : `${key}: ${printed}`;
}

function literal(value, url) {
  if (value && typeof value === 'object') {
    const properties = Object.entries(value).map(([key, inner]) => property(key, inner, url));
    return `{ ${properties.join(', ')} }`;
  }
  if (value === url) return 'returnUrl';
  return typeof value === 'string' ? `'${value}'` : String(value);
}

const TOKENS = /(\/\/.*)|('[^']*')|\b(import|from|const|await|async|try|catch|if)\b/g;

function* highlight(source) {
  let end = 0;
  for (const match of source.matchAll(TOKENS)) {
    yield source.slice(end, match.index);
    const kind = match[1] ? 'comment' : match[2] ? 'string' : 'keyword';
    yield element('span', { class: kind }, match[0]);
    end = match.index + match[0].length;
  }
  yield source.slice(end);
}
