// FinqLink's direct_sca: what a page relays.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { scaQueryString } from 'link-widget';

/** What the URL gives: the query string as it came, and its state. */
const RELAYED = {
  'https://app.example/cb?code=a%20b&state=s%2F1&x=': ['code=a%20b&state=s%2F1&x=', 's/1'],
  'https://app.example/cb?state=s#f': ['state=s', 's'],
  'https://app.example/cb?state=s#?state=t': ['state=s', 's'],
  'https://app.example/cb?x=%e9%C3%A9&state=%C3%A9': ['x=%e9%C3%A9&state=%C3%A9', 'é'],
  'myapp://callback?state=s': ['state=s', 's'],
  '?state=s&a=b=c': ['state=s&a=b=c', 's'],
  'state=': ['state=', ''],
  'https://app.example/cb?state=a?b&x=?': ['state=a?b&x=?', 'a?b'],
  'state==': ['state==', '='],
  'state=a+b': ['state=a+b', 'a+b'],
  'state=a b&x=é😀': ['state=a b&x=é😀', 'a b'],
  'state=%zz': ['state=%zz', '%zz'],
  'state=%ff': ['state=%ff', '%ff'],
  'state=1&state=2': ['state=1&state=2', '1'],
  '__proto__=1&state=s': ['__proto__=1&state=s', 's'],
  '/cb?state=s': ['state=s', 's'],
};

const REFUSED = [
  'https://app.example/cb?code=1',
  'https://app.example/cb',
  'https://app.example/state=1',
  'https://app.example/cb#state=1',
  'https://app.example/cb?code=1#state=1',
  '?state',
  '?state=1&',
  '?&state=1',
  '?a=1&&state=1',
  '?=1&state=1',
  '?a&state=1',
  '?State=1',
  '?st%61te=1',
  '?xstate=1',
  '?state%5B%5D=1',
  '?',
  '#',
  '',
  '&',
  '=',
];

test('it relays the query byte for byte, with its state decoded', () => {
  for (const [url, [queryString, state]] of Object.entries(RELAYED)) {
    assert.deepEqual(scaQueryString(url), { queryString, state }, url);
  }
});

test('what is not of the documented form is not relayed', () => {
  for (const url of REFUSED) assert.equal(scaQueryString(url), null, url);
});

/** The documented pattern. */
const PATTERN = /^(?:[^&=]+=[^&]*&)*state=[^&]*(?:&[^&=]+=[^&]*)*$/;

test('the documented pattern decides', () => {
  const parts = [
    'state=1',
    'state=',
    'state',
    'a=1',
    'a=',
    'a',
    '=',
    '=1',
    '',
    'state=2=3',
    'xstate=1',
    'a=state=1',
  ];
  for (const one of parts)
    for (const two of parts)
      for (const three of parts) {
        for (const query of [one, `${one}&${two}`, `${one}&${two}&${three}`]) {
          assert.equal(
            scaQueryString(`https://app.example/cb?${query}`)?.queryString,
            PATTERN.test(query) ? query : undefined,
            query,
          );
        }
      }
});
