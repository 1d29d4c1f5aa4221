// How many attempts the payments took, beside the law.
import { odds } from './model.js';
import { el, get, keep, say } from './dom.js';
import { many } from './words.js';

const { Plot } = globalThis;
const number = (x, digits) => (Number.isFinite(x) ? x.toFixed(digits) : '–');
const time = (ms) => (Number.isFinite(ms) ? `${(ms / 1000).toFixed(1)} s` : '–');
const percent = (x) => (x < 1 ? x.toFixed(2) : x.toFixed(1)).replace(/\.0+$/, '');

export function showOdds(state, width) {
  const o = odds(state);
  const fails = o.below;
  // Where no shop runs and nobody pays there is nothing to expect.
  get('odds-title').parentElement.hidden = !state.run && !o.payments;
  say(get('odds-title'), `How many attempts does a payment take? ${many(o.payments, 'finished payment')}`);
  keep(get('odds'), `${JSON.stringify(o)}|${width}`, () => [chart(o, width)]);
  keep(get('odds-sums'), JSON.stringify([o.measured, o.expected, o.within, o.asking]), () => [sums(o)]);
  keep(get('odds-table'), JSON.stringify(o.lines), () => [table(o)]);
  say(get('odds-law'), fails > 0 ? `The gateway fails at rolls below ${fails}. Bars: measured. Dashed: expected by the law, ${100 - fails} %, times ${fails} % for each failure before. Above each: measured / expected.` : 'The gateway does not fail here: each payment takes one attempt.');
}

function chart(o, width) {
  const top = Math.max(10, ...o.lines.flatMap((l) => [l.share, l.expected])) * 1.18;
  const label = (l) => `${l.word} ${l.word === '1' ? 'attempt' : 'attempts'}: ${l.payments} payments, ${percent(l.share)} %; expected ${percent(l.expected)} %`;
  const svg = Plot.plot({
    width, height: 270, marginLeft: 62, marginBottom: 50, marginTop: 14, marginRight: 4,
    style: { fontSize: '16px', fontFamily: 'inherit', background: 'none', color: 'var(--ink)' },
    x: { domain: o.lines.map((l) => l.word), label: null, padding: 0.22 },
    y: { domain: [0, top], label: null },
    ariaLabel: 'share of payments by number of attempts, measured and expected',
    marks: [
      Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: 4 }),
      Plot.axisY({ ticks: 4, fontSize: 16, tickFormat: (d) => `${d} %`, tickSize: 0, label: null }),
      Plot.axisX({ fontSize: 16, tickSize: 0, label: 'attempts', labelAnchor: 'center', labelArrow: 'none', labelOffset: 46 }),
      Plot.barY(o.lines, { x: 'word', y: 'share', fill: 'var(--solid)', insetLeft: 8, insetRight: 8, ariaLabel: label }),
      Plot.barY(o.lines, { x: 'word', y: 'expected', fill: 'none', stroke: 'var(--ink)', strokeWidth: 2, strokeDasharray: '6 4', ariaHidden: 'true' }),
      Plot.text(o.lines, { x: 'word', y: (l) => Math.max(l.share, l.expected), text: (l) => `${o.payments ? percent(l.share) : '–'} / ${percent(l.expected)}`, dy: -11, fontSize: 16, fontWeight: 700, fill: 'var(--ink)' }),
      Plot.ruleY([0], { stroke: 'var(--ink)' }),
    ],
  });
  for (const e of svg.querySelectorAll('g > rect[aria-label]')) e.setAttribute('role', 'img');
  return svg;
}

const row = (tag, ...cells) => el('tr', {}, ...cells.map((c, i) => el(i ? tag : 'th', i ? {} : { scope: tag === 'th' ? 'col' : 'row' }, c)));

function sums(o) {
  const { measured: m, expected: x } = o;
  return el('table', {},
    el('caption', {}, 'attempts a payment'),
    el('thead', {}, row('th', '', 'measured', 'expected')),
    el('tbody', {},
      row('td', 'mean', number(m.mean, 2), number(x.mean, 2)),
      row('td', 'median', number(m.median, 0), number(x.median, 0)),
      row('td', '99 of 100 within', number(m.p99, 0), number(x.p99, 0)),
      row('td', 'mean time with back-off', time(o.within), time(x.within)),
      row('td', 'without: the gateway alone', time(o.asking), time(x.asking))));
}

function table(o) {
  return el('table', {},
    el('caption', {}, 'by number of attempts'),
    el('thead', {}, row('th', 'attempts', 'payments', 'share', 'expected', 'time with back-off', 'without')),
    el('tbody', {}, ...o.lines.map((l) => row('td', l.word, String(l.payments), `${percent(l.share)} %`, `${percent(l.expected)} %`, time(l.within), time(l.asking)))));
}
