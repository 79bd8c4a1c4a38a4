// Rows of the back end as a table. Known fields get a heading of their own; of a kind that is not known, all
// are shown.
import { element } from './dom.js';

const NUMBERS = ['number', 'masked_number', 'iban', 'account_number', 'accountNumber'];

const COLUMNS = {
  webhooks: [
    ['Event', (row) => breakable(row.event)],
    ['Known by', first('proof')],
    [
      'Received',
      (row) => [time(row.receivedAt), row.duplicate ? 'a repeat, ignored' : ''].filter(Boolean).join(', '),
    ],
  ],
  accounts: [
    ['Account', first('name', 'display_name', 'product_name', 'title')],
    // Hidden digits look the same at each provider.
    ['Number', (row) => first(...NUMBERS)(row).replace(/^\*+/, '•••• '), 'digits'],
    ['Type', (row) => sentence(first('type', 'product_category', 'category')(row)), 'extra'],
    [
      'Balance',
      (row) =>
        money(
          pick(row, 'balance', 'current_balance', 'balance.current', 'balance.amount', 'balance.available'),
          pick(row, 'currency', 'balance.currency'),
        ),
      'number',
    ],
  ],
  transactions: [
    [
      'Date',
      (row) =>
        day(pick(row, 'date', 'posted_at', 'posting_date_time', 'booking_date', 'execution_date_time')),
      'whole',
    ],
    ['Description', first('description', 'name', 'reference', 'purpose', 'info')],
    [
      'Amount',
      (row) => {
        const sign = row.credit_debit_indicator === 'debit' ? '-' : '';
        const amount = money(
          pick(row, 'amount', 'amount.amount', 'value'),
          pick(row, 'currency', 'amount.currency'),
        );
        return amount && sign + amount;
      },
      'number',
    ],
  ],
  balances: [
    ['Account', first('account_id')],
    ['Type', (row) => sentence(first('type')(row))],
    ['Day', (row) => day(pick(row, 'reference_date')), 'whole'],
    [
      'Balance',
      (row) => money(pick(row, 'amount', 'amount.amount'), pick(row, 'currency', 'amount.currency')),
      'number',
    ],
  ],
  insights: [
    ['Category', first('category')],
    ['Kind', (row) => sentence(first('kind')(row))],
    ['Per month', (row) => money(pick(row, 'perMonth'), pick(row, 'currency')), 'number'],
  ],
  payment: [
    ['To', first('creditor.name', 'recipient_name')],
    ['IBAN', first('creditor.iban', 'recipient_iban'), 'digits'],
    ['For', first('details', 'purpose')],
    ['Amount', (row) => money(pick(row, 'amount'), pick(row, 'currency')), 'number'],
    ['Status', (row) => sentence(first('status')(row))],
  ],
  statuses: [
    ['Status', first('status', 'name')],
    ['Since', (row) => time(pick(row, 'at', 'time', 'timestamp', 'receivedAt'))],
  ],
};

/** A table with a caption for screen readers; scrolls by itself where the screen is narrow. */
export function table(caption, rows, kind) {
  const columns = (COLUMNS[kind] ?? everyField(rows)).filter(([, value]) =>
    rows.some((row) => value(row) !== ''),
  );
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': caption },
    element(
      'table',
      {},
      element('caption', { class: 'unseen' }, caption),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...columns.map(([heading, , type]) => element('th', { scope: 'col', class: type }, heading)),
        ),
      ),
      element(
        'tbody',
        {},
        ...rows.map((row) =>
          element('tr', {}, ...columns.map(([, value, type]) => element('td', { class: type }, value(row)))),
        ),
      ),
    ),
  );
}

/** A day, in the page's language. */
export function day(value) {
  const date = new Date(value);
  return value === undefined
    ? ''
    : Number.isNaN(date.valueOf())
      ? String(value)
      : date.toLocaleDateString(document.documentElement.lang, {
          day: 'numeric',
          month: 'short',
          timeZone: 'UTC',
        });
}

/** The first of these fields that the row has; `a.b` looks inside. */
export function pick(row, ...paths) {
  for (const path of paths) {
    const value = path.split('.').reduce((inner, key) => inner?.[key], row);
    if (value !== undefined && value !== null && typeof value !== 'object') return value;
  }
  return undefined;
}

function first(...paths) {
  return (row) => String(pick(row, ...paths) ?? '');
}

function time(value) {
  const date = new Date(value);
  return value === undefined
    ? ''
    : Number.isNaN(date.valueOf())
      ? String(value)
      : date.toLocaleTimeString(document.documentElement.lang, { hour12: false });
}

function money(amount, currency) {
  if (amount === undefined) return '';
  if (!currency || Number.isNaN(Number(amount))) return String(amount);
  return new Intl.NumberFormat(document.documentElement.lang, { style: 'currency', currency }).format(amount);
}

// banking.transactions.sync.completed may break after each dot, and consentLinkOpened before each word.
function breakable(name) {
  const parts = name.split(/(?<=\.)|(?<=[a-z])(?=[A-Z])/);
  return element('span', {}, ...parts.flatMap((part) => [part, element('wbr')]));
}

// TRANS_AND_SAVINGS reads as "Trans and savings".
function sentence(name) {
  const words = name.replaceAll('_', ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function everyField(rows) {
  const keys = new Set(rows.flatMap((row) => Object.keys(row).filter((key) => typeof row[key] !== 'object')));
  return [...keys].map((key) => [key, first(key)]);
}
