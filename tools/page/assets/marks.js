// @ts-check
// The marks of an order: what there is to see, in time's order, each in words.
import { requests, rollOf, chargeIn, outcome, done, gap } from './model.js';
import { at, seconds, shortKey, short, bad, ending, unitWords, party, deed } from './words.js';

const order = ['processes', 'Checkout', 'Cart', 'Order', 'Payment', 'gateway', 'Pricing', 'warehouse', 'Shipping', 'carrier', 'Receipts', 'mail'];
const rank = (lane) => (lane === 'database' ? 999 : order.includes(lane) ? order.indexOf(lane) : 500);

// The shop's, from the beginning, so that nothing moves while an order goes on.
const always = ['Order', 'Payment', 'gateway', 'Shipping', 'carrier', 'Receipts', 'mail', 'database'];

export const isShop = (state, s) => state.services.has('Order') || s.rows.some((r) => r.table === 'orders');

export function lanesOf(state, s) {
  const names = new Set(isShop(state, s) ? always : []);
  for (const inv of s.invs) if (inv.service && inv.attempts.length) names.add(inv.service);
  for (const r of requests(s)) names.add(party(r.kind));
  if (s.rows.length) names.add('database');
  return [...names].sort((a, b) => rank(a) - rank(b));
}

// marksOf lists the marks. Each names the shape that it belongs to, and whether it
// is that shape's start or end.
export function marksOf(state, s) {
  const all = [...s.invs.flatMap((inv) => ofInvocation(state, s, inv)), ...requests(s).flatMap(ofRequest), ...s.rows.map(ofRow), ...ofUnits(state, s)];
  const marks = all.filter((m) => Number.isFinite(m.t));
  marks.sort((a, b) => a.t - b.t || rank(a.lane) - rank(b.lane) || a.fine - b.fine);
  for (const m of marks) m.label = `${at(m.t - s.first)} · ${m.lane} · ${m.text}`;
  return marks;
}

const mark = (t, lane, text, shape, side = 'start', fine = 0) => ({ t, lane, text, shape, side, fine });

function ofInvocation(state, s, inv) {
  const lane = inv.service || 'unknown service';
  return [
    ...inv.attempts.flatMap((a, i) => ofAttempt(state, s, inv, a, inv.attempts[i + 1], lane)),
    ...inv.journal.map((j) => mark(j.t, lane, `journal entry ${j.index}, ${journalWords(j)}`, journalShape(inv, j), 'start', 5)),
    ...inv.failures.map((f, i) => mark(f.t, lane, failureWords(f), `${inv.id}|f${i}`, 'start', 6)),
  ];
}

export const journalShape = (inv, j) => `${inv.id}|j${j.index}|${j.how}`;
export const journalWords = (j) => [j.how, j.name].filter(Boolean).join(' ');
export const failureWords = (f) => f.how === 'Paused' ? `Restate pauses the invocation${f.reason ? `: ${short(f.reason, 110)}` : ''}` : `Restate records why ${f.name || 'the handler'} failed: ${short(f.reason || f.how, 110)}`;

function ofAttempt(state, s, inv, a, next, lane) {
  const id = `${inv.id}|${a.n}`;
  const marks = a.begun ? [mark(a.t, lane, `attempt ${a.n} of ${inv.handler || 'the handler'} begins${on(a)}`, id)] : [];
  a.steps.forEach((x, i) => marks.push(...ofStep(x, `${id}|s${i}`, a, lane)));
  a.messages.forEach((m) => marks.push(mark(m.t, lane, messageWords(m), id, 'time', 3)));
  if (a.end) marks.push(mark(a.end.t, lane, `attempt ${a.n} ends: ${endWords(s, a)}`, id, 'end', 7));
  if (a.end && next && Number.isFinite(next.t)) marks.push(...ofGap(state, inv, a, next, id, lane));
  return marks;
}

// on names the copy of the program that an attempt goes to, where there are several.
export const on = (a) => (a.unit ? ` on ${a.unit}` : '');

function endWords(s, a) {
  const words = outcome(a, chargeIn(s, a));
  if (words === 'not reached') return 'the program could not be reached';
  return a.end.how.startsWith('error') ? `${words}; ${short(a.end.how, 90)}` : words === 'waits' ? ending(a.end.how) : words;
}

function ofGap(state, inv, a, next, id, lane) {
  const ms = next.t - a.end.t;
  if (bad(a.end.how)) return [mark(a.end.t, lane, `${seconds(ms)} ${gap(state, inv, a, next.t)}, then attempt ${next.n}`, `${id}|gap`, 'start', 8)];
  return [];
}

const messages = { call: 'calls', send: 'sends without waiting:', answer: 'answers' };
const messageWords = (m) => `${messages[m.how] ?? m.how}${m.name ? ` ${m.name}` : m.how === 'call' ? ' another service' : ''}`.replace(/:$/, '');

function ofStep(x, id, a, lane) {
  if (x.how === 'replayed') return [mark(x.t, lane, `step ${x.name} skipped: the journal has its result`, id, 'start', 1)];
  const begun = mark(x.t, lane, `step ${x.name} begins`, id, 'start', 1);
  if (x.how === 'begun') return [begun];
  return [begun, mark(x.end, lane, `step ${x.name} ${x.how === 'ok' ? 'done: its result goes to the journal' : x.how}`, id, 'end', 2)];
}

export function stepState(x, a) {
  if (x.how === 'replayed') return 'skipped';
  if (x.how === 'ok') return 'done';
  if (x.how !== 'begun') return 'no';
  if (!a.end) return 'runs';
  return bad(a.end.how) ? (/kill|cut/.test(a.end.how) ? 'killed' : 'failed') : 'left';
}

function ofRequest(r) {
  const lane = party(r.kind);
  const id = `r${r.n}`;
  const key = r.key ? `, key ${shortKey(r.key)}` : r.kind === 'price' || r.kind === 'mail' ? '' : ', no key';
  const marks = [mark(r.t, lane, `${r.kind || 'unknown'} requested${key}`, id, 'start', 1)];
  r.effects.forEach((e, i) => marks.push(mark(e.t, lane, `${deed(e.kind)}${e.roll === undefined ? '' : `: roll ${e.roll}`}${key}`, `${id}|e${i}`, 'start', 2)));
  if (r.end) marks.push(mark(r.end.t, lane, endOfRequest(r) + key, id, 'end', 3));
  return marks;
}

export function endOfRequest(r) {
  const roll = r.end.roll === undefined || r.end.again ? '' : `, roll ${r.end.roll}`;
  if (r.end.what === 'refused') return `refused: ${r.end.detail}`;
  if (r.end.what === 'dropped') return `dropped${roll}: the caller closed the connection first`;
  if (r.end.again) return `answer ${r.end.status} again: the stored answer, no second effect`;
  return `answer ${r.end.status}${roll}`;
}

const tables = { orders: 'order row', payments: 'payment row', shipments: 'shipment row', payment_failures: 'failed payment' };

function ofRow(r, i) {
  const what = tables[r.table] ?? r.table;
  const why = r.reason ? `, ${short(r.reason, 60)}` : '';
  const text = r.table === 'payment_failures' ? `failed request recorded${r.roll === undefined ? '' : `, roll ${r.roll}`}${why}` : `${what} → ${r.how}${why}`;
  return mark(r.t, 'database', text, `row${i}`, 'start', 4);
}

export function unitsOf(state, s) {
  const to = s.invs.every(done) ? s.last : Infinity;
  return state.unitLog.filter((u) => u.t >= s.first && u.t <= to);
}

function ofUnits(state, s) {
  return unitsOf(state, s).map((u, i) => mark(u.t, 'processes', unitWords(u.name, u.how), `u${i}`, 'start', 9));
}

// rolls in words, for a bar that has little room: the longest that fits is taken.
export function requestVariants(r) {
  if (!r.end) return [`${r.kind} requested · key ${shortKey(r.key)}`, `${r.kind} requested`, ''];
  const roll = rollOf(r);
  const short = r.end.what === 'dropped' ? 'dropped' : r.end.again ? `${r.end.status} again` : String(r.end.status || r.end.what);
  const mid = roll === undefined ? short : `roll ${roll} · ${short}`;
  return [...(r.key ? [`${mid} · key ${shortKey(r.key)}`] : []), mid, ...(roll === undefined ? [] : [String(roll)]), ''];
}
