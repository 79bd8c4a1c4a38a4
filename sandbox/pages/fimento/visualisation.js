// The visualisation tool: what came in and went out, by month and by category. It has no outcome.
import { byId, element, given } from '/assets/steps.js';

const SVG = 'http://www.w3.org/2000/svg';
const MONTH_WIDTH = 60;
const HEIGHT = 150;
const BASE = 126;
const monthName = new Intl.DateTimeFormat('en', { month: 'short', timeZone: 'UTC' });

function drawn(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function words(category) {
  return (category[0].toUpperCase() + category.slice(1)).replaceAll('-', ' ');
}

function tiles({ totalBalance, computationAutomation: sums }, money) {
  return [
    ['Balance', totalBalance.amount],
    ['Income a month', sums.monthlyIncome],
    ['Expenses a month', sums.monthlyExpenses],
    ['Left to live on', sums.leftToLiveOn],
  ].map(([name, amount]) => element('div', {}, element('dt', {}, name), element('dd', {}, money(amount))));
}

function monthsChart(graph, money) {
  const months = graph.slice(-7);
  const largest = Math.max(1, ...months.flatMap(({ info }) => [info.positiveSum, -info.negativeSum]));
  const scale = (amount) => (amount / largest) * (BASE - 10);
  const picture = drawn('svg', {
    class: 'months',
    viewBox: `0 0 ${months.length * MONTH_WIDTH} ${HEIGHT}`,
    role: 'img',
    'aria-label': months
      .map(
        ({ date, info }) =>
          `${date}: income ${money(info.positiveSum)}, expenses ${money(-info.negativeSum)}`,
      )
      .join('; '),
  });
  for (const [index, { date, info }] of months.entries()) {
    const x = index * MONTH_WIDTH;
    for (const [kind, amount, offset] of [
      ['income', info.positiveSum, 8],
      ['expense', -info.negativeSum, 31],
    ]) {
      const height = scale(amount);
      picture.append(
        drawn(
          'rect',
          { class: kind, x: x + offset, y: BASE - height, width: 20, height, rx: 3 },
          drawn('title', {}, money(amount)),
        ),
      );
    }
    picture.append(
      drawn(
        'text',
        { x: x + MONTH_WIDTH / 2, y: HEIGHT - 4, 'text-anchor': 'middle' },
        monthName.format(new Date(`${date}-15`)),
      ),
    );
  }
  return picture;
}

function bars(caption, kind, sums, money) {
  const rows = Object.entries(sums).sort(([, one], [, other]) => other - one);
  const largest = Math.max(1, ...rows.map(([, amount]) => amount));
  return element(
    'table',
    { class: 'bars' },
    element('caption', {}, caption),
    element(
      'tbody',
      {},
      ...rows.map(([category, amount]) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row' }, words(category)),
          element('td', { class: 'bar-cell' }, bar(kind, amount / largest)),
          element('td', {}, money(amount)),
        ),
      ),
    ),
  );
}

function bar(kind, share) {
  return drawn(
    'svg',
    { viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    drawn('rect', { class: kind, width: Math.max(1, share * 100), height: 10, rx: 2 }),
  );
}

function accounts(rows, money) {
  return element(
    'table',
    { class: 'bars' },
    element(
      'tbody',
      {},
      ...rows.map(({ name, accountNumber, balance }) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row' }, `${name}, ${accountNumber}`),
          element('td', {}, money(balance)),
        ),
      ),
    ),
  );
}

function showInsights(insights) {
  const format = new Intl.NumberFormat('en', {
    style: 'currency',
    currency: insights.totalBalance.currency,
    maximumFractionDigits: 0,
  });
  const money = (amount) => format.format(amount);
  const { remarks } = insights.computationAutomation;
  byId('tiles').append(...tiles(insights, money));
  byId('remarks').classList.toggle('none', remarks.length === 0);
  byId('remarks').append(
    ...(remarks.length ? remarks : ['Nothing out of the ordinary.']).map((text) => element('li', {}, text)),
  );
  byId('months').append(monthsChart(insights.transactionGraph, money));
  byId('categories').append(
    bars('Income', 'income', insights.categorisation.income, money),
    bars('Expenses', 'expense', insights.categorisation.expenses, money),
  );
  byId('accounts').append(accounts(insights.accountsInfo, money));
}

if (given.insights) showInsights(given.insights);
byId(given.insights ? 'step-shown' : 'step-gone').hidden = false;
