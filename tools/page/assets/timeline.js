// @ts-check
// Draws the chosen order's time. layout.js has computed every coordinate, so this module only
// writes SVG elements at them.
import { svg } from './dom.js';
import { layOut } from './layout.js';
import { ticks } from './ticks.js';

const styles = {
  open: { fill: 'var(--bar-open)', stroke: 'var(--line-strong)', 'stroke-width': 2 },
  good: { fill: 'var(--bar)', stroke: 'var(--line-strong)', 'stroke-width': 1.5 },
  bad: { fill: 'var(--bar-bad)', stroke: 'var(--fail)', 'stroke-width': 2 },
  'step-done': { fill: 'var(--solid)', stroke: 'var(--solid)' },
  'step-no': { fill: 'var(--fail)', stroke: 'var(--fail)' },
  'step-runs': { fill: 'url(#hatch-run)', stroke: 'var(--solid)', 'stroke-width': 2 },
  'step-left': { fill: 'none', stroke: 'var(--solid)', 'stroke-width': 2 },
  'step-skipped': { fill: 'var(--panel)', stroke: 'var(--line-strong)', 'stroke-width': 2, 'stroke-dasharray': '5 4' },
  'step-failed': { fill: 'url(#hatch-cross)', stroke: 'var(--fail)', 'stroke-width': 2 },
  'step-killed': { fill: 'url(#hatch-cross)', stroke: 'var(--fail)', 'stroke-width': 2 },
  'ask-open': { fill: 'url(#hatch-run)', stroke: 'var(--line-strong)', 'stroke-width': 2 },
  'ask-yes': { fill: 'var(--yes)', stroke: 'var(--solid)', 'stroke-width': 2 },
  'ask-again': { fill: 'var(--panel)', stroke: 'var(--solid)', 'stroke-width': 2, 'stroke-dasharray': '5 4' },
  'ask-bad': { fill: 'url(#hatch-fail)', stroke: 'var(--fail)', 'stroke-width': 2 },
  'ask-dropped': { fill: 'url(#hatch-fail)', stroke: 'var(--fail)', 'stroke-width': 2, 'stroke-dasharray': '5 4' },
  flag: { fill: 'var(--flag)', stroke: 'var(--flag)' },
  'flag-bad': { fill: 'url(#hatch-fail)', stroke: 'var(--fail)', 'stroke-width': 1.5 },
};

const tones = {
  ink: { fill: 'var(--ink)' }, quiet: { fill: 'var(--quiet)' }, fail: { fill: 'var(--fail)' }, on: { fill: 'var(--on-solid)' },
  'quiet-halo': { fill: 'var(--quiet)', stroke: 'var(--panel)', 'stroke-width': 6 },
  halo: { fill: 'var(--ink)', stroke: 'var(--paper)', 'stroke-width': 4 },
};

const strokes = {
  tick: { stroke: 'var(--ink)', 'stroke-width': 2 },
  pole: { stroke: 'var(--ink)', 'stroke-width': 3 },
  kill: { stroke: 'var(--fail)', 'stroke-width': 4 },
  up: { stroke: 'var(--line-strong)', 'stroke-width': 2, 'stroke-dasharray': '2 5' },
};

const hidden = { 'aria-hidden': 'true' };
const top = 26; // of the grid, below the cursor's head
const footer = 36; // the room of the time axis, below the lanes

export function draw(state, s, options, at) {
  const out = layOut(state, s, options);
  const height = out.bottom + footer;
  const drawing = svg('svg', {
    width: out.width, height, viewBox: `0 0 ${out.width} ${height}`, role: 'group', 'aria-label': `order ${s.id}: timeline`,
    'font-size': 16, fill: 'var(--ink)', overflow: 'hidden',
  },
  svg('g', { ...hidden, fill: 'var(--panel)' }, ...out.lanes.map((l) => rect(0, out.width, l.y1 - 1, l.y2 + 2))),
  timeAxis(out),
  svg('g', { 'font-size': 17, 'font-weight': 700 }, ...out.lanes.map((l) => label(l.name, 10, l.y1 + out.sizes.bar / 2 + (l.name === 'database' ? 0 : out.sizes.top)))),
  ...rules(out, 'up'), ...rules(out, 'kill'),
  ...out.lines.flatMap(spanLine), ...bars(out), ...rules(out, 'pole'), ...rules(out, 'tick'), ...out.dots.map(dot), ...nowRule(out),
  ...out.texts.map((t) => label(t.text, t.x, t.y, { 'text-anchor': t.anchor, 'font-weight': t.bold ? 700 : null, ...tones[t.tone] })),
  ...cursor(out, at));
  return { svg: drawing, out };
}

function rect(x1, x2, y1, y2, attributes = {}) {
  return svg('rect', { x: x1, y: y1, width: Math.max(0, x2 - x1), height: Math.max(0, y2 - y1), ...attributes });
}

function line(x1, x2, y1, y2, attributes = {}) {
  return svg('line', { x1, x2, y1, y2, ...attributes });
}

// label writes text whose middle is at y. A halo is painted below the letters.
function label(text, x, y, attributes = {}) {
  return svg('text', { x, y, dy: '0.32em', ...(attributes.stroke ? { 'paint-order': 'stroke', 'stroke-linejoin': 'round' } : {}), ...attributes }, text);
}

function image(words) {
  return words ? { role: 'img', 'aria-label': words } : {};
}

function timeAxis(out) {
  const [from, to] = out.span.map((t) => t / 1000);
  const times = ticks(from, to, Math.max(3, Math.min(12, Math.floor((out.edge - out.gutter) / 85))));
  const px = (t) => out.gutter + ((t - from) / (to - from)) * (out.edge - out.gutter);
  return svg('g', hidden,
    ...times.map((t) => line(px(t), px(t), top, out.bottom, { stroke: 'var(--grid)' })),
    ...times.map((t) => line(px(t), px(t), out.bottom, out.bottom + 6, { stroke: 'var(--ink)' })),
    ...times.map((t) => svg('text', { x: px(t), y: out.bottom + 9, dy: '0.71em', 'text-anchor': 'middle' }, `${+t.toFixed(4)} s`)));
}

// Marks are painted in order, and a step must lie on its attempt: attempts first.
function bars(out) {
  const isAttempt = (b) => ['open', 'good', 'bad'].includes(b.kind);
  const all = out.bars.filter((b) => b.x2 > b.x1);
  return [...all.filter(isAttempt), ...all.filter((b) => !isAttempt(b))]
    .map((b) => rect(b.x1, b.x2, b.y1, b.y2, { rx: 3, ...image(b.label), ...styles[b.kind] }));
}

// spanLine draws a wait dashed, and a back-off below with an end on each side.
function spanLine(l) {
  const stroke = { stroke: 'var(--quiet)', 'stroke-width': 1.5 };
  if (l.kind === 'waits') return [line(l.x1, l.x2, l.y, l.y, { ...stroke, 'stroke-width': 2, 'stroke-dasharray': '4 5', ...image(l.label) })];
  const y = l.y + 11;
  const ends = l.kind === 'back-off' ? [l.x1, l.x2].map((x) => line(x, x, y - 5, y + 5, { ...stroke, ...hidden })) : [];
  return [line(l.x1, l.x2, y, y, { ...stroke, ...image(l.label) }), ...ends];
}

function rules(out, kind) {
  return out.rules.filter((r) => r.kind === kind).map((r) => line(r.x, r.x, r.y1, r.y2, { ...(r.label ? image(r.label) : hidden), ...strokes[kind] }));
}

function dot(d) {
  const shape = d.kind === 'effect'
    ? { d: 'M0,-9L9,0L0,9L-9,0Z', fill: 'var(--ink)', stroke: 'var(--paper)', 'stroke-width': 1.5 }
    : { d: 'M-5,-5L5,5M-5,5L5,-5', stroke: 'var(--fail)', 'stroke-width': 2.5 };
  return svg('path', { ...shape, ...image(d.label), transform: `translate(${d.x},${d.y})` });
}

function nowRule(out) {
  if (out.now > out.to || !out.running) return [];
  const x = out.px(out.now);
  return [line(x, x, top, out.bottom, { stroke: 'var(--quiet)', 'stroke-dasharray': '1 4', 'stroke-width': 2, ...hidden })];
}

// anchor is where the cursor stands for a mark: at the start or the end of its shape.
export function anchor(out, mark) {
  const b = out.boxes.get(mark.shape);
  if (!b) return { x: Math.min(Math.max(out.px(mark.t), out.gutter), out.width), box: null };
  if (mark.side === 'time') return { x: Math.min(Math.max(out.px(mark.t), b.x1), b.x2), box: b };
  if (b.x2 - b.x1 <= 20) return { x: (b.x1 + b.x2) / 2, box: b };
  return { x: mark.side === 'end' ? b.x2 : b.x1, box: b };
}

function cursor(out, at) {
  if (!at) return [];
  const { x, box } = anchor(out, at);
  const frame = box && rect(box.x1 - 2, box.x2 + 2, box.y1 - 2, box.y2 + 2, { fill: 'none', stroke: 'var(--cursor)', 'stroke-width': 3.5, rx: 4 });
  return [svg('g', hidden,
    line(x, x, 22, out.bottom, { stroke: 'var(--cursor)', 'stroke-width': 3 }),
    ...(frame ? [frame] : []),
    svg('path', { d: 'M0,8L7,-4L-7,-4Z', fill: 'var(--cursor)', transform: `translate(${x},20)` }))];
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
