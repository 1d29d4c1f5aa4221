// @ts-check
// Where everything goes, in pixels. Steps take milliseconds beside charges that take
// seconds: each gets room for its words, and is pushed right until nothing overlaps.
import { requests, chargeIn, outcome, done, gap } from './model.js';
import { isShop, lanesOf, stepState, requestVariants, unitsOf, journalShape, endOfRequest, journalWords, failureWords, on } from './marks.js';
import { party, deed, bad, seconds, unitWords, at, short } from './words.js';

const FONT = 16;
const context = document.createElement('canvas').getContext('2d');
const known = new Map();

export function measure(text, bold = false) {
  const key = (bold ? 'b' : 'n') + text;
  if (!known.has(key)) {
    if (known.size > 3000) known.clear();
    context.font = `${bold ? 700 : 400} ${FONT}px ${getComputedStyle(document.body).fontFamily}`;
    known.set(key, context.measureText(text).width);
  }
  return known.get(key);
}

const fitting = (variants, room, bold) => variants.find((v) => measure(v, bold) <= room) ?? '';

// layOut places the order's shapes. span is the time shown, in ms since the order began.
export function layOut(state, s, { now, width, span, compact }) {
  const sizes = compact ? { top: 19, bar: 24, ticks: 8, gap: 4 } : { top: 22, bar: 30, ticks: 10, gap: 7 };
  const lanes = lanesOf(state, s);
  const gutter = 22 + Math.max(measure('database', true) + measure('shipment') + 10, ...lanes.map((l) => measure(l, true)));
  let pad = 28;
  let out;
  for (let pass = 0; pass < 5; pass++) {
    out = place(state, s, lanes, { now, width, span, sizes, gutter, pad });
    const beyond = out.right - (width - 4);
    if (beyond <= 0) break;
    pad = Math.min(pad + beyond + 8, width * 0.5);
  }
  return out;
}

function place(state, s, lanes, o) {
  const inner = Math.max(80, o.width - o.gutter - o.pad);
  const [from, to] = o.span;
  const out = {
    gutter: o.gutter, pad: o.pad, width: o.width, span: o.span, from: s.first + from, to: s.first + to, now: o.now, sizes: o.sizes,
    edge: o.width - o.pad, right: 0, gap: (inv, a, end) => gap(state, inv, a, end), lanes: [], bars: [], texts: [], rules: [], dots: [], lines: [], boxes: new Map(),
    px: (t) => o.gutter + ((Math.min(Math.max(t - s.first, from), to) - from) / (to - from)) * inner,
    time: (px) => from + ((px - o.gutter) / inner) * (to - from),
  };
  let y = 28;
  for (const name of lanes) {
    const height = laneOf(name)(state, s, name, y, out);
    out.lanes.push({ name, y1: y, y2: y + height });
    y += height + o.sizes.gap;
  }
  out.bottom = y;
  placeUnits(state, s, out);
  return out;
}

const outsiders = new Set(['gateway', 'carrier', 'mail', 'warehouse', 'outside']);

function laneOf(name) {
  if (name === 'database') return placeRows;
  return outsiders.has(name) ? placeRequests : placeService;
}

// Shapes outside of the time shown are left out; what begins before it is cut.
function visible(out, t1, t2) {
  return t2 >= out.from && t1 <= out.to;
}

function box(out, shape, x1, x2, y1, y2, more) {
  const b = { shape, x1: Math.max(out.gutter, x1), x2: Math.min(Math.max(x2, x1 + 2), out.width - 2), y1, y2, ...more };
  out.right = Math.max(out.right, x2);
  if (b.x2 <= b.x1) return b;
  out.boxes.set(shape, b);
  return b;
}

function text(out, words, x, y, more = {}) {
  if (!words) return;
  if (!more.anchor) out.right = Math.max(out.right, x + measure(words, more.bold));
  if (x < out.width) out.texts.push({ text: words, x, y, tone: 'ink', anchor: 'start', ...more });
}

function placeService(state, s, name, y, out) {
  const invs = s.invs.filter((inv) => inv.service === name && inv.attempts.some((a) => Number.isFinite(a.t)));
  invs.sort((a, b) => a.attempts[0].t - b.attempts[0].t);
  const rows = [];
  const one = out.sizes.top + out.sizes.bar + out.sizes.ticks;
  for (const inv of invs) {
    const begin = inv.attempts[0].t;
    let row = rows.find((r) => r.until <= begin);
    if (!row) rows.push((row = { y: y + rows.length * one, free: out.gutter, until: 0 }));
    placeAttempts(s, inv, row, out);
    row.until = done(inv) ? inv.attempts.at(-1).end?.t ?? out.now : Infinity;
  }
  return Math.max(1, rows.length) * one;
}

function placeAttempts(s, inv, row, out) {
  const { top, bar } = out.sizes;
  const y1 = row.y + top;
  const y2 = y1 + bar;
  const list = inv.attempts.filter((a) => Number.isFinite(a.t));
  list.forEach((a, i) => {
    const next = list[i + 1];
    const end = a.end?.t ?? out.now;
    if (visible(out, a.t, end)) {
      const from = Math.max(out.px(a.t), row.free);
      const limit = next && next.t <= out.to ? Math.max(from + 14, out.px(next.t) - 4) : Infinity;
      const id = `${inv.id}|${a.n}`;
      const shown = out.bars.length;
      const steps = placeSteps(a, id, from, Math.min(out.px(end), out.width), limit, y1, y2, out);
      const to = Math.max(out.px(end), steps + 3, from + 12);
      const how = a.end ? a.end.how : '';
      const b = box(out, id, from, to, y1, y2, { kind: !a.end ? 'open' : bad(how) ? 'bad' : 'good', label: attemptLabel(s, inv, a) });
      out.bars.splice(shown, 0, b);
      labelAttempt(s, inv, a, b, next ? Math.max(out.px(next.t), to) : Infinity, row, out);
      row.free = to + 3;
    }
    placeGap(inv, a, next, row, y1, y2, out);
  });
  placeTicks(inv, y2, out);
}

const attemptLabel = (s, inv, a) =>
  `${inv.service}, attempt ${a.n} of ${inv.handler}${on(a)}: ${outcome(a, chargeIn(s, a))}, from ${at(a.t - s.first)}${a.end ? ` to ${at(a.end.t - s.first)}` : ', running'}`;

function labelAttempt(s, inv, a, b, nextX, row, out) {
  const charge = chargeIn(s, a);
  const words = outcome(a, charge);
  const lone = inv.attempts.length === 1 && !a.steps.some((x) => x.name === 'charge');
  const variants = [`${a.n}: ${words}`, `${a.n}: ${words.split(', ')[0]}`, `${a.n}`];
  if (lone) variants.unshift(`${inv.handler} ${a.n}: ${words}`);
  const room = (nextX === Infinity ? out.width * 2 : nextX) - b.x1 - 6;
  // Where the label is longer than its bar, the back-off's words make room for it.
  row.low = measure(variants[0], true) > b.x2 - b.x1;
  text(out, fitting(variants, Math.max(room, 20), true), b.x1 + 1, row.y + out.sizes.top / 2 + 1, { bold: true, tone: b.kind === 'bad' ? 'fail' : 'ink' });
}

const FIXED = 8;

function placeSteps(a, id, from, end, limit, y1, y2, out) {
  let last = from;
  for (const level of [0, 1, 2, 3]) {
    const placed = layChips(a, level, from + 3, out);
    last = placed.length ? placed.at(-1).x2 : from;
    const fixed = placed.filter((c) => c.fixed).reduce((sum, c) => sum + c.x2 - c.x1, 0);
    const room = Math.min(limit, out.width) - from;
    if (level < 3 && (last > limit - 3 || (level === 0 && fixed > 0.5 * room))) continue;
    for (const c of placed) drawChip(c, id, y1 + 3, y2 - 3, out);
    break;
  }
  return last;
}

const words = {
  skipped: (n) => [`${n} skipped`, 'skipped', ''], done: (n) => [n, n, ''], runs: (n) => [`${n} …`, n, ''], left: (n) => [n, n, ''],
  no: (n) => [`${n}: no`, n, ''], failed: (n) => [`${n} failed`, `${n} ×`, '×'], killed: (n) => [`${n} killed`, `${n} ×`, '×'],
};

function layChips(a, level, from, out) {
  let free = from;
  const placed = [];
  a.steps.forEach((x, i) => {
    const state = stepState(x, a);
    const end = x.end ?? a.end?.t ?? out.now;
    if (!visible(out, x.t, end)) return;
    const label = words[state](x.name)[Math.min(level, 2)];
    const least = label && level < 3 ? measure(label) + 12 : FIXED;
    const x1 = Math.max(out.px(x.t), free);
    const x2 = Math.max(out.px(end), x1 + least);
    free = x2 + 3;
    placed.push({ x, i, a, state, x1, x2, label: level < 3 ? label : '', fixed: x2 - x1 <= least + 1 });
  });
  return placed;
}

function drawChip(c, id, y1, y2, out) {
  const label = `step ${c.x.name}, attempt ${c.a.n}: ${c.state}`;
  const b = box(out, `${id}|s${c.i}`, c.x1, c.x2, y1, y2, { kind: `step-${c.state}`, label });
  out.bars.push(b);
  const words = fitting([c.label], b.x2 - b.x1 - 6, false);
  text(out, words, b.x1 + 6, (y1 + y2) / 2, { tone: c.state === 'done' || c.state === 'no' ? 'on' : 'halo' });
}

function placeGap(inv, a, next, row, y1, y2, out) {
  if (!a.end || a.end.how === 'done' || (!next && done(inv))) return;
  const end = next ? next.t : out.now;
  if (!visible(out, a.end.t, end)) return;
  const x1 = Math.max(row.free - 2, out.px(a.end.t), out.gutter);
  const x2 = Math.min(out.px(end) - 2, out.width - 2);
  if (x2 - x1 < 5) return;
  const y = (y1 + y2) / 2;
  const wait = bad(a.end.how);
  out.lines.push({ shape: `${inv.id}|${a.n}|gap`, x1, x2, y, kind: wait ? 'back-off' : 'waits', label: gapLabel(inv, a, end, wait, out) });
  if (wait) out.boxes.set(`${inv.id}|${a.n}|gap`, { x1, x2, y1, y2 });
  gapWords(inv, a, next, end, wait, x1, x2, row, out);
}

const gapLabel = (inv, a, end, wait, out) => `${seconds(end - a.end.t)} ${wait ? out.gap(inv, a, end) : 'suspended'} after attempt ${a.n}`;

function gapWords(inv, a, next, end, wait, x1, x2, row, out) {
  const x = (x1 + x2) / 2;
  const high = row.y + out.sizes.top / 2 + 1;
  const low = row.y + out.sizes.top + out.sizes.bar / 2;
  if (!wait) return text(out, fitting(['suspended: waits', 'waits'], x2 - x1 - 8), x, low, { anchor: 'middle', tone: 'quiet-halo' });
  const long = seconds(end - a.end.t);
  const why = out.gap(inv, a, end);
  const due = !next && inv.next > out.now ? `next in ${seconds(inv.next - out.now)}` : '';
  const room = x2 - x1 + 2;
  if (row.low) return text(out, fitting([`${long} ${why}`, long], room), x, low - 1, { anchor: 'middle', tone: 'quiet' });
  if (measure(`${long} ${why}`) <= room) return text(out, due && measure(due) < room ? due : `${long} ${why}`, x, high, { anchor: 'middle', tone: 'quiet' });
  text(out, fitting([long], room), x, high, { anchor: 'middle', tone: 'quiet' });
  text(out, fitting([why], room), x, low - 1, { anchor: 'middle', tone: 'quiet' });
}

function placeTicks(inv, y, out) {
  let free = out.gutter;
  const entries = [
    ...inv.journal.map((j) => ({ t: j.t, shape: journalShape(inv, j), label: `journal entry ${j.index}, ${journalWords(j)}` })),
    ...inv.failures.map((f, i) => ({ t: f.t, shape: `${inv.id}|f${i}`, cross: true, label: failureWords(f) })),
  ].sort((a, b) => a.t - b.t);
  for (const e of entries) {
    if (!visible(out, e.t, e.t)) continue;
    const x = Math.max(out.px(e.t) + 2, free);
    const y1 = y + 2;
    const y2 = y + out.sizes.ticks;
    out.boxes.set(e.shape, { x1: x - 3, x2: x + 3, y1, y2: y2 + 1 });
    if (e.cross) out.dots.push({ x, y: (y1 + y2) / 2 + 1, kind: 'failure', label: e.label });
    else out.rules.push({ x, y1, y2, kind: 'tick', label: e.label });
    out.right = Math.max(out.right, x + 3);
    free = x + (e.cross ? 9 : 5);
  }
}

function placeRequests(state, s, name, y, out) {
  const rows = [];
  const one = out.sizes.top + out.sizes.bar;
  const asked = requests(s).filter((r) => party(r.kind) === name && Number.isFinite(r.t));
  asked.forEach((r, i) => {
    const end = r.end?.t ?? out.now;
    let row = rows.find((x) => x.until <= r.t);
    if (!row) rows.push((row = { y: y + rows.length * one, free: out.gutter, words: out.gutter }));
    row.until = r.end?.t ?? Infinity;
    if (visible(out, r.t, end)) placeRequest(r, end, asked[i + 1], row, out, s);
  });
  return Math.max(1, rows.length) * one;
}

function requestKind(r) {
  if (!r.end) return 'open';
  if (r.end.what === 'dropped') return 'dropped';
  return r.end.status === 200 ? (r.end.again ? 'again' : 'yes') : 'bad';
}

function placeRequest(r, end, next, row, out, s) {
  const y1 = row.y + out.sizes.top;
  const y2 = y1 + out.sizes.bar;
  const x1 = Math.max(out.px(r.t), row.free);
  const variants = requestVariants(r);
  const room = (next ? out.px(next.t) - 4 : Infinity) - x1;
  const wide = variants.map((v) => measure(v) + 12 + (r.effects.length ? 20 : 0)).find((w, i) => i > 0 && w <= room) ?? 12;
  const x2 = Math.max(out.px(end), x1 + (party(r.kind) === 'gateway' ? wide : 12));
  const kind = requestKind(r);
  const how = r.end ? endOfRequest(r) : 'no answer yet';
  const b = box(out, `r${r.n}`, x1, x2, y1, y2, { kind: `ask-${kind}`, label: `${r.kind} requested at ${at(r.t - s.first)}, key ${r.key || 'none'}: ${how}` });
  out.bars.push(b);
  row.free = x2 + 3;
  r.effects.forEach((e, i) => placeEffect(r, e, i, b, row, y1, y2, out));
  const inside = b.x2 - b.x1 - 10 - (r.effects.length ? 18 : 0);
  text(out, fitting(variants, inside), b.x1 + 6, (y1 + y2) / 2, { tone: 'halo' });
}

function placeEffect(r, e, i, b, row, y1, y2, out) {
  const last = r.end && r.end.t - e.t < 50;
  const x = Math.max(b.x1 + 8, last ? b.x2 - 9 : Math.min(out.px(e.t), b.x2 - 9));
  const words = deed(e.kind);
  out.dots.push({ x, y: (y1 + y2) / 2, kind: 'effect', label: `${words}${e.roll === undefined ? '' : `, roll ${e.roll}`}` });
  out.boxes.set(`r${r.n}|e${i}`, { x1: x - 10, x2: x + 10, y1, y2 });
  const left = Math.max(row.words, x - measure(words, true) / 2);
  text(out, words, left, row.y + out.sizes.top / 2 + 1, { bold: true });
  row.words = left + measure(words, true) + 8;
}

const tables = { orders: 'order', payments: 'payment', payment_failures: 'payment', shipments: 'shipment' };

function placeRows(state, s, name, y, out) {
  const high = out.sizes.bar - 2;
  const wanted = [...new Set([...(isShop(state, s) ? ['order', 'payment', 'shipment'] : []), ...s.rows.map((r) => tables[r.table] ?? r.table)])];
  wanted.forEach((w, k) => {
    const y1 = y + k * (high + 4) + (k ? 0 : 2);
    text(out, short(w, 16), out.gutter - 8, y1 + high / 2, { anchor: 'end', tone: 'quiet' });
    const flags = s.rows.map((r, i) => ({ r, i })).filter(({ r }) => (tables[r.table] ?? r.table) === w && visible(out, r.t, r.t));
    placeFlags(flags, w, y1, y1 + high, out);
  });
  return wanted.length * (high + 4);
}

const flagWords = (r, level) =>
  r.table !== 'payment_failures' ? r.how : r.roll === undefined ? 'failed' : level ? `${r.roll} ×` : `roll ${r.roll} failed`;

function placeFlags(flags, w, y1, y2, out) {
  const crowded = flags.some(({ r }, k) => k + 1 < flags.length && out.px(r.t) + measure(flagWords(r, 0)) + 14 > out.px(flags[k + 1].r.t));
  let free = out.gutter + 2;
  for (const { r, i } of flags) free = placeFlag(r, i, w, flagWords(r, crowded ? 1 : 0), Math.max(out.px(r.t), free), y1, y2, out);
}

function placeFlag(r, i, w, words, x, y1, y2, out) {
  const failed = r.table === 'payment_failures';
  const wide = measure(words) + 14;
  const b = box(out, `row${i}`, x, x + wide, y1, y2 - 2, { kind: failed || r.how === 'FAILED' ? 'flag-bad' : 'flag', label: `${w} row: ${words}` });
  out.bars.push(b);
  out.rules.push({ x: b.x1, y1, y2: y2 + 2, kind: 'pole', label: '' });
  text(out, words, b.x1 + 8, (y1 + y2) / 2 - 1, { tone: failed || r.how === 'FAILED' ? 'halo' : 'ink' });
  return x + wide + 3;
}

function placeUnits(state, s, out) {
  let free = out.gutter;
  unitsOf(state, s).forEach((u, i) => {
    if (!visible(out, u.t, u.t)) return;
    const x = out.px(u.t);
    const words = unitWords(u.name, u.how);
    const up = u.how === 'up';
    out.rules.push({ x, y1: 24, y2: out.bottom, kind: up ? 'up' : 'kill', label: words });
    out.boxes.set(`u${i}`, { x1: x - 5, x2: x + 5, y1: 24, y2: out.bottom });
    const left = Math.max(free, x - 4);
    text(out, words, left, 12, { bold: true, tone: up ? 'ink' : 'fail' });
    free = left + measure(words, true) + 14;
  });
}
