// The running code, in the page's own words.
import { byId, element } from './dom.js';
import { PROVIDERS } from './providers.js';

/** Prints the call that `describeLaunch` describes. `again`: of a person who comes back. */
export function showCode({ provider, mode }, { name, first, given, own, page }, again) {
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
  const argument = first && (first.replaced ? literal(first.value) : first.name);
  const options = [
    ...Object.entries(own).map(([key, value]) =>
      key === 'window' ? 'window: closedAlready' : `${key}: ${literal(value)}`,
    ),
    ...Object.keys(given),
    ...(renewsToken ? ['getAuthorizeToken: freshToken'] : []),
    'onEvent: (event) => timeline.add(event)',
  ];
  const source = [
    `import { ${imports.join(', ')} } from 'link-widget';`,
    '',
    `// Before the click: the server creates a session${again ? ', to come back to the connection' : ''}.`,
    `const { ref, launch } = await post('/api/${provider.id}/start',`,
    `  { mode: '${mode}'${again ? ', reconnect: earlier.ref' : ''} });`,
    ...(again && renewsToken
      ? ['if (!launch) return; // The bank asks nothing: the server has the data.']
      : []),
    ...(names.length > 0 ? [`const { ${names.join(', ')} } = launch;`] : []),
    '',
    ...(isKnown
      ? [
          '// When a click is near: compiled, and connected to the provider.',
          `connect.onpointerenter = () => preload(${page.name});`,
          '',
        ]
      : []),
    '// In the click, with nothing awaited first.',
    'connect.onclick = async () => {',
    `  const flow = ${name}(${argument ? `${argument}, ` : ''}{`,
    ...options.map((option) => `    ${option},`),
    '  });',
    '  cancel.onclick = () => flow.close();',
    ...(mode === 'redirect'
      ? [
          '  flow.catch(({ code }) => failed(describeError(code).message));',
          '  // The tab leaves. The answer comes with the way back:',
          '};',
          '',
          'try {',
          `  const back = await resume(); // result: ${result}`,
          `  if (back) await post('/api/${provider.id}/finish', { ref, result: back.result });`,
          '} catch (error) {',
          '  const { message, retryable } = describeError(error.code);',
          '  failed(message, retryable);',
          '}',
        ]
      : [
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
  byId('code').firstElementChild.replaceChildren(...highlight(source));
}

function literal(value) {
  if (value && typeof value === 'object') {
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${key}: ${literal(inner)}`)
      .join(', ')} }`;
  }
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
