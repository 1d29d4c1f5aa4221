// Draws the chosen order's time, with Observable Plot.
import { layOut } from './layout.js';

const { Plot, d3 } = globalThis;

const styles = {
  open: { fill: 'var(--bar-open)', stroke: 'var(--line-strong)', strokeWidth: 2 },
  good: { fill: 'var(--bar)', stroke: 'var(--line-strong)', strokeWidth: 1.5 },
  bad: { fill: 'var(--bar-bad)', stroke: 'var(--fail)', strokeWidth: 2 },
  'step-done': { fill: 'var(--solid)', stroke: 'var(--solid)' },
  'step-no': { fill: 'var(--fail)', stroke: 'var(--fail)' },
  'step-runs': { fill: 'url(#hatch-run)', stroke: 'var(--solid)', strokeWidth: 2 },
  'step-left': { fill: 'none', stroke: 'var(--solid)', strokeWidth: 2 },
  'step-skipped': { fill: 'var(--panel)', stroke: 'var(--line-strong)', strokeWidth: 2, strokeDasharray: '5 4' },
  'step-failed': { fill: 'url(#hatch-cross)', stroke: 'var(--fail)', strokeWidth: 2 },
  'step-killed': { fill: 'url(#hatch-cross)', stroke: 'var(--fail)', strokeWidth: 2 },
  'ask-open': { fill: 'url(#hatch-run)', stroke: 'var(--line-strong)', strokeWidth: 2 },
  'ask-yes': { fill: 'var(--yes)', stroke: 'var(--solid)', strokeWidth: 2 },
  'ask-again': { fill: 'var(--panel)', stroke: 'var(--solid)', strokeWidth: 2, strokeDasharray: '5 4' },
  'ask-bad': { fill: 'url(#hatch-fail)', stroke: 'var(--fail)', strokeWidth: 2 },
  'ask-dropped': { fill: 'url(#hatch-fail)', stroke: 'var(--fail)', strokeWidth: 2, strokeDasharray: '5 4' },
  flag: { fill: 'var(--flag)', stroke: 'var(--flag)' },
  'flag-bad': { fill: 'url(#hatch-fail)', stroke: 'var(--fail)', strokeWidth: 1.5 },
};

const tones = {
  ink: { fill: 'var(--ink)' }, quiet: { fill: 'var(--quiet)' }, fail: { fill: 'var(--fail)' }, on: { fill: 'var(--on-solid)' },
  'quiet-halo': { fill: 'var(--quiet)', stroke: 'var(--panel)', strokeWidth: 6 },
  halo: { fill: 'var(--ink)', stroke: 'var(--paper)', strokeWidth: 4 },
};

const strokes = {
  tick: { stroke: 'var(--ink)', strokeWidth: 2 },
  pole: { stroke: 'var(--ink)', strokeWidth: 3 },
  kill: { stroke: 'var(--fail)', strokeWidth: 4 },
  up: { stroke: 'var(--line-strong)', strokeWidth: 2, strokeDasharray: '2 5' },
};

export function draw(state, s, options, at) {
  const out = layOut(state, s, options);
  const x = (px) => out.time(px) / 1000;
  const svg = Plot.plot({
    width: out.width, height: out.bottom + 36, marginLeft: out.gutter, marginRight: out.pad, marginTop: 26, marginBottom: 36,
    style: { fontSize: '16px', fontFamily: 'inherit', background: 'none', color: 'var(--ink)', overflow: 'hidden' },
    x: { domain: out.span.map((t) => t / 1000), label: null },
    y: { type: 'identity', axis: null },
    ariaLabel: `order ${s.id}: what happened when`,
    marks: [
      Plot.rect(out.lanes, { x1: () => x(0), x2: () => x(out.width), y1: (l) => l.y1 - 1, y2: (l) => l.y2 + 2, fill: 'var(--panel)', ariaHidden: 'true' }),
      Plot.gridX({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: ticks(out), insetTop: 0 }),
      Plot.axisX({ fontSize: 16, ticks: ticks(out), tickFormat: (d) => `${+d.toFixed(4)} s`, color: 'var(--ink)', anchor: 'bottom', label: null }),
      Plot.text(out.lanes, { x: () => x(10), y: (l) => l.y1 + out.sizes.top + out.sizes.bar / 2 - (l.name === 'database' ? out.sizes.top : 0), text: 'name', textAnchor: 'start', fontSize: 17, fontWeight: 700, fill: 'var(--ink)' }),
      ...rules(out, x, 'up'), ...rules(out, x, 'kill'),
      ...lines(out, x), ...bars(out, x), ...rules(out, x, 'pole'), ...rules(out, x, 'tick'), ...dots(out, x), ...nowRule(out, x), ...texts(out, x),
      ...cursor(out, x, at),
    ],
  });
  svg.setAttribute('role', 'group');
  for (const e of svg.querySelectorAll('g > [aria-label]:not(g):not(text)')) e.setAttribute('role', 'img');
  return { svg, out };
}

function ticks(out) {
  return Math.max(3, Math.min(12, Math.floor((out.edge - out.gutter) / 85)));
}

const grouped = (list, by) => d3.groups(list, by);

function bars(out, x) {
  return runs(out.bars.filter((b) => b.x2 > b.x1)).map((run) =>
    Plot.rect(run, { x1: (b) => x(b.x1), x2: (b) => x(b.x2), y1: 'y1', y2: 'y2', rx: 3, ariaLabel: 'label', ...styles[run[0].kind] }));
}

// Marks are painted in order, and a step must lie on its attempt: attempts first.
function runs(list) {
  const under = (kind) => (['open', 'good', 'bad'].includes(kind) ? 0 : 1);
  return grouped(list, (b) => b.kind).sort((a, b) => under(a[0]) - under(b[0])).map(([, run]) => run);
}

function lines(out, x) {
  return grouped(out.lines, (l) => l.kind).flatMap(([kind, run]) => {
    const style = kind === 'waits' ? { strokeDasharray: '4 5', strokeWidth: 2 } : { strokeWidth: 1.5 };
    const all = [Plot.ruleY(run, { x1: (l) => x(l.x1), x2: (l) => x(l.x2), y: (l) => l.y + (kind === 'waits' ? 0 : 11), stroke: 'var(--quiet)', ariaLabel: 'label', ...style })];
    if (kind === 'back-off') {
      const ends = run.flatMap((l) => [{ x: l.x1, y: l.y + 11 }, { x: l.x2, y: l.y + 11 }]);
      all.push(Plot.ruleX(ends, { x: (e) => x(e.x), y1: (e) => e.y - 5, y2: (e) => e.y + 5, stroke: 'var(--quiet)', strokeWidth: 1.5, ariaHidden: 'true' }));
    }
    return all;
  });
}

function rules(out, x, kind) {
  const run = out.rules.filter((r) => r.kind === kind);
  return run.length ? [Plot.ruleX(run, { x: (r) => x(r.x), y1: 'y1', y2: 'y2', ariaLabel: (r) => r.label || null, ...strokes[kind] })] : [];
}

function dots(out, x) {
  const effects = out.dots.filter((d) => d.kind === 'effect');
  const failures = out.dots.filter((d) => d.kind === 'failure');
  return [
    Plot.dot(effects, { x: (d) => x(d.x), y: 'y', symbol: 'diamond2', r: 8, fill: 'var(--ink)', stroke: 'var(--paper)', strokeWidth: 1.5, ariaLabel: 'label' }),
    Plot.dot(failures, { x: (d) => x(d.x), y: 'y', symbol: 'times', r: 4.5, stroke: 'var(--fail)', strokeWidth: 2.5, ariaLabel: 'label' }),
  ];
}

function texts(out, x) {
  return grouped(out.texts, (t) => `${t.tone}|${t.anchor}|${!!t.bold}`).map(([, run]) =>
    Plot.text(run, {
      x: (t) => x(t.x), y: 'y', text: 'text', textAnchor: run[0].anchor, fontSize: 16, fontWeight: run[0].bold ? 700 : 400, ...tones[run[0].tone],
    }));
}

function nowRule(out, x) {
  if (out.now > out.to || !out.running) return [];
  return [Plot.ruleX([out.px(out.now)], { x, y1: 26, y2: out.bottom, stroke: 'var(--quiet)', strokeDasharray: '1 4', strokeWidth: 2, ariaHidden: 'true' })];
}

// anchor is where the cursor stands for a mark: at the start or the end of its shape.
export function anchor(out, mark) {
  const b = out.boxes.get(mark.shape);
  if (!b) return { x: Math.min(Math.max(out.px(mark.t), out.gutter), out.width), box: null };
  if (mark.side === 'time') return { x: Math.min(Math.max(out.px(mark.t), b.x1), b.x2), box: b };
  if (b.x2 - b.x1 <= 20) return { x: (b.x1 + b.x2) / 2, box: b };
  return { x: mark.side === 'end' ? b.x2 : b.x1, box: b };
}

function cursor(out, x, at) {
  if (!at) return [];
  const a = anchor(out, at);
  const marks = [Plot.ruleX([a.x], { x, y1: 22, y2: out.bottom, stroke: 'var(--cursor)', strokeWidth: 3, ariaHidden: 'true' })];
  if (a.box) marks.push(Plot.rect([a.box], { x1: (b) => x(b.x1 - 2), x2: (b) => x(b.x2 + 2), y1: (b) => b.y1 - 2, y2: (b) => b.y2 + 2, fill: 'none', stroke: 'var(--cursor)', strokeWidth: 3.5, rx: 4, ariaHidden: 'true' }));
  marks.push(Plot.dot([a.x], { x, y: 20, symbol: 'triangle2', rotate: 180, r: 7, fill: 'var(--cursor)', ariaHidden: 'true' }));
  return marks;
}

// nearest finds the mark under the pointer.
export function nearest(out, marks, x, y) {
  let best = null;
  let least = Infinity;
  for (const m of marks) {
    const a = anchor(out, m);
    const lane = out.lanes.find((l) => l.name === m.lane);
    const top = a.box?.y1 ?? lane?.y1 ?? 0;
    const bottom = a.box?.y2 ?? lane?.y2 ?? out.bottom;
    const dy = y < top ? top - y : y > bottom ? y - bottom : 0;
    const d = Math.hypot(a.x - x, 3 * dy);
    if (d < least) [best, least] = [m, d];
  }
  return best;
}
