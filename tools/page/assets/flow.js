// @ts-check
// What an order has gone through by a time, as a nested list of lines with their states. It is data only.
import { requests, rollOf, effectsOf, history, gap } from './model.js';
import { seconds, bad, deed } from './words.js';

/**
 * @typedef {object} Line
 * @property {string} text
 * @property {string} [state] 'not yet', 'now', 'done', 'skipped', 'not taken' or 'failed'
 * @property {boolean} [done]
 * @property {string} [step] how the step ran
 * @property {string[]} [notes]
 * @property {boolean} [tried]
 * @property {boolean} [branch]
 * @property {Line[]} [children]
 */

export function flowAt(state, s, t) {
  const isShop = s.rows.some((r) => r.table === 'orders') || s.invs.some((inv) => inv.service === 'Order');
  return isShop ? shopFlow(state, s, t) : anyFlow(s, t);
}

function shopFlow(state, s, t) {
  const orders = (how) => s.rows.some((r) => r.table === 'orders' && r.how === how && r.t <= t);
  const payments = (how) => s.rows.some((r) => r.table === 'payments' && r.how === how && r.t <= t);
  const leaf = (text, is, inv, step) => ({ text, done: is, step: stepAt(s, t, inv, step) });
  const pay = [
    leaf('payment row → PROCESSING', payments('PROCESSING'), 'Payment', 'processing'),
    { ...leaf(askText(s, t), paid(s, t), 'Payment', 'charge'), notes: askNotes(state, s, t), tried: requests(s, 'charge').some((r) => r.t <= t) },
    leaf('payment row → COMPLETED', payments('COMPLETED'), 'Payment', 'result'),
  ];
  const ship = [
    leaf('book the carrier', effectsOf(s, 'ship').some((e) => e.t <= t), 'Shipping', 'book'),
    leaf('shipment row', history(s, 'shipments', t).length > 0, 'Shipping', 'row'),
  ];
  /** @type {Line[]} */
  const list = [
    leaf('order row → PENDING', orders('PENDING'), 'Order', 'pending'),
    { text: 'call Payment and wait', children: pay },
    leaf('order → PAID', orders('PAID'), 'Order', 'paid'),
    { text: 'call Shipping and wait', children: ship },
    leaf('order → SHIPPED', orders('SHIPPED'), 'Order', 'finished'),
    leaf('order → COMPLETED', orders('COMPLETED'), 'Order', 'finished'),
  ];
  const failed = orders('FAILED');
  imply(list.flatMap((item) => item.children ?? item));
  walk(list, begun(s, t), failed);
  list.push(...branches(s, t, failed, orders('COMPLETED'), payments('REFUNDED')));
  return { title: 'Order workflow: CreateOrder', list, chips: chips(s, t) };
}

const begun = (s, t) => s.invs.some((inv) => inv.service === 'Order' && inv.attempts[0]?.t <= t) || s.rows.some((r) => r.t <= t);

function branches(s, t, failed, completed, refunded) {
  const end = (is) => (is ? 'done' : completed || failed ? 'not taken' : 'not yet');
  const why = s.rows.find((r) => r.table === 'orders' && r.how === 'FAILED' && r.t <= t)?.reason;
  return [
    { branch: true, text: `declined or given up: order → FAILED${why ? ` (${why})` : ''}`, state: failed ? 'failed' : end(false) },
    { branch: true, text: 'refund: payment → REFUNDED', state: end(refunded) },
  ];
}

// What comes after something was done is not waited for, though its event be late.
function imply(leaves) {
  const last = leaves.findLastIndex((l) => l.done);
  leaves.slice(0, Math.max(last, 0)).forEach((l) => (l.done = true));
}

// walk gives each line its state. The first that is not done is the one that is now.
function walk(list, going, failed, so = { far: going && !failed }) {
  for (const item of list) {
    if (item.children) {
      const before = so.far;
      walk(item.children, going, failed, so);
      const all = item.children.every((c) => c.state === 'done' || c.state === 'skipped');
      item.state = all ? 'done' : before && !so.far ? 'now' : failed && item.children.some((c) => c.state === 'done') ? 'failed' : failed ? 'not taken' : 'not yet';
      continue;
    }
    if (item.done) item.state = item.step === 'replayed' ? 'skipped' : 'done';
    else if (so.far) [item.state, so.far] = ['now', false];
    else item.state = failed ? (item.tried ? 'failed' : 'not taken') : 'not yet';
  }
}

// stepAt is what the attempt that runs at t, or ran last, did with a step.
function stepAt(s, t, service, name) {
  const attempts = s.invs.filter((inv) => inv.service === service).flatMap((inv) => inv.attempts).filter((a) => a.t <= t);
  attempts.sort((a, b) => a.t - b.t);
  const step = attempts.at(-1)?.steps.find((x) => x.name === name && x.t <= t);
  return step?.how;
}

// A charge at the gateway is not enough: the step is done once its result is sent to the journal.
function paid(s, t) {
  const steps = s.invs.filter((inv) => inv.service === 'Payment').flatMap((inv) => inv.attempts).flatMap((a) => a.steps);
  return steps.some((x) => ['charge', 'ask'].includes(x.name) && (x.how === 'ok' || x.how === 'replayed') && x.end <= t);
}

function askText(s, t) {
  const n = requests(s, 'charge').filter((r) => r.t <= t).length;
  return n ? `charge the card: request ${n}` : 'charge the card';
}

function askNotes(state, s, t) {
  const asked = requests(s, 'charge').filter((r) => r.t <= t);
  const notes = asked.slice(-4).map((r) => `${asked.indexOf(r) + 1}: ${askNote(state, r, t)}`);
  if (asked.length > 4) notes.unshift(`… and ${asked.length - 4} earlier requests`);
  if (lost(s, t)) notes.push('charged, but the result is not in the journal');
  const wait = asked.length && waitNote(state, s, t);
  if (wait) notes.push(wait);
  if (!asked.length) notes.push(`a roll below ${state.below} fails and Restate retries; any other roll charges the card`);
  return notes;
}

// lost reports whether the program was killed after the charge and before its result was sent to the journal.
function lost(s, t) {
  const charged = effectsOf(s, 'charge').some((e) => e.t <= t);
  const attempts = s.invs.filter((x) => x.service === 'Payment').flatMap((inv) => inv.attempts).filter((a) => a.t <= t);
  const last = attempts.at(-1);
  return charged && !paid(s, t) && last?.end?.t <= t && bad(last.end.how);
}

function askNote(state, r, t) {
  const over = r.end && r.end.t <= t;
  const acted = r.effects.some((e) => e.t <= t);
  if (!over) return acted ? 'charged, but the gateway has not answered yet' : 'the gateway has not answered yet';
  if (r.end.again) return 'same key, same answer, no second charge';
  const roll = rollOf(r);
  const rolled = roll === undefined ? '' : `roll ${roll}: `;
  if (r.end.what === 'dropped') return `${rolled}${acted ? 'charged, but the answer was lost' : 'the connection broke'}`;
  if (r.end.status === 402) return `${rolled}declined`;
  if (r.end.status >= 500) return `${roll === undefined ? '' : `roll ${roll}${roll < state.below ? `, below ${state.below}` : ''}: `}failed, Restate retries`;
  return `${rolled}${r.end.status === 200 ? deed(r.kind) : `answer ${r.end.status}`}`;
}

function waitNote(state, s, t) {
  for (const inv of s.invs.filter((x) => x.service === 'Payment')) {
    const a = inv.attempts.filter((x) => x.t <= t).at(-1);
    if (a?.end && a.end.t <= t && bad(a.end.how)) return `${gap(state, inv, a, t)}: ${seconds(t - a.end.t)} so far`;
  }
  return '';
}

function chips(s, t) {
  const of = (table) => history(s, table, t).map((r) => r.how);
  return [['order', of('orders')], ['payment', of('payments')]].filter(([, list]) => list.length);
}

// In the lessons before the shop, the flow is what was seen: each handler and its steps.
function anyFlow(s, t) {
  const list = s.invs.filter((inv) => inv.attempts[0]?.t <= t).map((inv) => {
    const a = inv.attempts.filter((x) => x.t <= t).at(-1);
    const over = a.end && a.end.t <= t;
    const children = a.steps.filter((x) => x.t <= t).map((x) => ({ text: x.name, state: seen(x, t, over && bad(a.end.how)) }));
    const state = over ? (a.end.how === 'done' ? 'done' : bad(a.end.how) ? 'failed' : 'now') : 'now';
    return { text: `${inv.service} ${inv.handler}: attempt ${a.n}`, state, children };
  });
  return { title: 'handlers and their steps', list, chips: chips(s, t) };
}

function seen(x, t, broken) {
  if (x.how === 'replayed') return 'skipped';
  if (x.how !== 'begun' && x.end <= t) return x.how === 'ok' ? 'done' : 'failed';
  return broken ? 'failed' : 'now';
}
