// @ts-check
// How many requests the payments took, and how many are expected.
import { odds } from './model.js';
import { el, get, keep, say, svg } from './dom.js';
import { ticks } from './ticks.js';
import { many } from './words.js';

const number = (x, digits) => (Number.isFinite(x) ? x.toFixed(digits) : '–');
const time = (ms) => (Number.isFinite(ms) ? `${(ms / 1000).toFixed(1)} s` : '–');
const percent = (x) => (x < 1 ? x.toFixed(2) : x.toFixed(1)).replace(/\.0+$/, '');

export function showOdds(state, width) {
  const o = odds(state);
  const fails = o.below;
  // Where no shop runs and nobody pays there is nothing to expect.
  get('odds-title').parentElement.hidden = !state.run && !o.payments;
  say(get('odds-title'), `How many requests does a payment take? ${many(o.payments, 'finished payment')}`);
  keep(get('odds'), `${JSON.stringify(o)}|${width}`, () => [chart(o, width)]);
  keep(get('odds-sums'), JSON.stringify([o.measured, o.expected, o.within, o.asking]), () => [sums(o)]);
  keep(get('odds-table'), JSON.stringify(o.lines), () => [table(o)]);
  say(get('odds-law'), fails > 0 ? `The gateway fails at rolls below ${fails}. Bars show measured shares. Dashed lines show expected shares: ${100 - fails} %, times ${fails} % for each earlier failure. Above each bar: measured / expected.` : 'The gateway does not fail here: each payment takes one request.');
}

const plot = { left: 62, right: 4, top: 14, bottom: 50, height: 270, inset: 8 };

function chart(o, width) {
  const most = Math.max(10, ...o.lines.flatMap((l) => [l.share, l.expected])) * 1.18;
  const floor = plot.height - plot.bottom;
  const y = (share) => floor - (share / most) * (floor - plot.top);
  const band = (width - plot.left - plot.right) / (o.lines.length + 0.22);
  const middle = (i) => plot.left + band * (i + 0.61);
  const bar = (share, i, attributes) => svg('rect', {
    x: middle(i) - band * 0.39 + plot.inset, y: y(share), width: Math.max(0, band * 0.78 - 2 * plot.inset), height: floor - y(share), ...attributes,
  });
  const text = (words, x, y, attributes = {}) => svg('text', { x, y, dy: '0.32em', 'text-anchor': 'middle', ...attributes }, words);
  const shares = ticks(0, most, 4);
  return svg('svg', {
    width, height: plot.height, viewBox: `0 0 ${width} ${plot.height}`, role: 'group', 'aria-label': 'share of payments by number of requests, measured and expected',
    'font-size': 16, fill: 'var(--ink)',
  },
  ...shares.map((share) => svg('line', { x1: plot.left, x2: width - plot.right, y1: y(share), y2: y(share), stroke: 'var(--grid)' })),
  ...shares.map((share) => text(`${share} %`, plot.left - 3, y(share), { 'text-anchor': 'end' })),
  ...o.lines.map((l, i) => text(l.word, middle(i), floor + 16)),
  text('requests', (plot.left + width - plot.right) / 2, plot.height - 12),
  ...o.lines.map((l, i) => bar(l.share, i, { fill: 'var(--solid)', role: 'img', 'aria-label': barWords(l) })),
  ...o.lines.map((l, i) => bar(l.expected, i, { fill: 'none', stroke: 'var(--ink)', 'stroke-width': 2, 'stroke-dasharray': '6 4', 'aria-hidden': 'true' })),
  ...o.lines.map((l, i) => text(`${o.payments ? percent(l.share) : '–'} / ${percent(l.expected)}`, middle(i), y(Math.max(l.share, l.expected)) - 11, { 'font-weight': 700 })),
  svg('line', { x1: plot.left, x2: width - plot.right, y1: floor, y2: floor, stroke: 'var(--ink)' }));
}

function barWords(l) {
  return `${l.word} ${l.word === '1' ? 'request' : 'requests'}: ${l.payments} payments, ${percent(l.share)} %; expected ${percent(l.expected)} %`;
}

const row = (tag, ...cells) => el('tr', {}, ...cells.map((c, i) => el(i ? tag : 'th', i ? {} : { scope: tag === 'th' ? 'col' : 'row' }, c)));

function sums(o) {
  const { measured: m, expected: x } = o;
  return el('table', {},
    el('caption', {}, 'requests per payment'),
    el('thead', {}, row('th', '', 'measured', 'expected')),
    el('tbody', {},
      row('td', 'mean', number(m.mean, 2), number(x.mean, 2)),
      row('td', 'median', number(m.median, 0), number(x.median, 0)),
      row('td', '99 of 100 within', number(m.p99, 0), number(x.p99, 0)),
      row('td', 'mean time with back-off', time(o.within), time(x.within)),
      row('td', 'mean time at the gateway alone', time(o.asking), time(x.asking))));
}

function table(o) {
  return el('table', {},
    el('caption', {}, 'by number of requests'),
    el('thead', {}, row('th', 'requests', 'payments', 'share', 'expected', 'time with back-off', 'time at the gateway')),
    el('tbody', {}, ...o.lines.map((l) => row('td', l.word, String(l.payments), `${percent(l.share)} %`, `${percent(l.expected)} %`, time(l.within), time(l.asking)))));
}
