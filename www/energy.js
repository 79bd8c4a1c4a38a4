// Energy usage as bars. A table underneath, so that each value can be read and heard.
import { element } from './dom.js';
import { day, pick } from './table.js';

const DAYS = 14;

/** The last two weeks of readings. */
export function energyChart(rows) {
  const readings = rows
    .map((row) => ({
      date: day(pick(row, 'date', 'read_date', 'read_start_date', 'start')),
      amount: Number(pick(row, 'kwh', 'usage', 'quantity', 'value', 'read')),
      unit: pick(row, 'unit', 'unit_of_measure') ?? 'kWh',
    }))
    .filter(({ amount }) => Number.isFinite(amount))
    .slice(-DAYS);
  const most = Math.max(...readings.map(({ amount }) => Math.abs(amount)), 0);
  return element(
    'table',
    { class: 'bars' },
    element('caption', { class: 'unseen' }, 'Energy usage by day'),
    element(
      'thead',
      { class: 'unseen' },
      element('tr', {}, element('th', { scope: 'col' }, 'Day'), element('th', { scope: 'col' }, 'Usage')),
    ),
    element(
      'tbody',
      {},
      ...readings.map(({ date, amount, unit }) => {
        const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
        bar.style.inlineSize = `${most === 0 ? 0 : (100 * Math.abs(amount)) / most}%`;
        return element(
          'tr',
          {},
          element('th', { scope: 'row' }, date),
          element(
            'td',
            {},
            element('span', { class: 'track' }, bar),
            element('span', { class: 'amount' }, `${written(amount)} ${unit}`),
          ),
        );
      }),
    ),
  );
}

function written(amount) {
  return amount.toLocaleString(document.documentElement.lang, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
}
