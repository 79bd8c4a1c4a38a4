// The rows of a contract against the package, in whatever JavaScript it runs.

/** Replaces each `{"$repeat": [text, times]}` by the string that it stands for. */
function expand(value) {
  if (Array.isArray(value)) return value.map(expand);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value.$repeat)) return value.$repeat[0].repeat(value.$repeat[1]);
  // defines own fields, also `__proto__`
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, expand(field)]));
}

/** The same text for values with the same own fields, in whatever order. */
const canonical = (value) =>
  JSON.stringify(value, (_, part) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1))
      : part,
  );

/**
 * The rows that the package reads otherwise. A failure's words are compared only where the contract gives
 * them.
 */
export function differences({ parseMessage, parseCallback }, { provider, messages, callbacks }) {
  const wrong = [];
  const check = (name, expect, read) => {
    let outcome;
    try {
      outcome = read();
    } catch (error) {
      return wrong.push(`${name}: threw ${error}`);
    }
    const wanted = expect && {
      provider,
      ...(outcome?.message !== undefined && { message: outcome.message }),
      ...expect,
    };
    if (canonical(outcome) !== canonical(wanted)) {
      wrong.push(
        `${name}\n  expected ${canonical(wanted).slice(0, 600)}\n       got ${canonical(outcome)?.slice(0, 600)}`,
      );
    }
  };
  for (const { name, data, expect } of messages)
    check(name, expect, () => parseMessage(provider, expand(data)));
  for (const { name, url, state, expect } of callbacks) {
    // `parseCallback` expects no state: that is a flow's
    if (state === undefined)
      check(name, expect, () => parseCallback(provider, [expand(url)].flat().join('')));
  }
  return wrong;
}

/** Whether this version of the package knows the provider. */
export function isKnown({ cspDirectives }, provider) {
  try {
    return Boolean(cspDirectives(provider));
  } catch {
    return false;
  }
}
