// @ts-check
// What the events say, as plain data. No DOM, no clock.
import { bad, times } from './words.js';

export function empty() {
  return {
    run: null, delay: 0, retry: 0, below: 40, program: '', programs: [], units: new Map(), versions: new Map(), leader: '', unitLog: [], services: new Set(),
    invs: new Map(), subjects: new Map(), first: Infinity, last: 0, n: 0, version: 0,
  };
}

// fold takes one event into the state, and returns the subject that it changed.
export function fold(state, event) {
  const e = { ...event, at: Date.parse(event.t) };
  state.version++;
  if (!Number.isNaN(e.at)) {
    state.first = Math.min(state.first, e.at);
    state.last = Math.max(state.last, e.at);
  }
  const subject = folds[e.what]?.(state, e);
  if (subject) touch(subject, e.at);
  return subject;
}

const folds = {
  run(state, e) {
    state.run = e;
    state.delay = e.delay_ms ?? 0;
    state.below = e.fails_below ?? 0;
    state.retry = e.retry_ms ?? 0;
  },
  unit(state, e) {
    state.unitLog.push({ t: e.at, name: e.name, how: e.how ?? '' });
    const known = state.units.get(e.name);
    if (!known || known.t <= e.at) state.units.set(e.name, { t: e.at, how: e.how ?? '', pid: e.pid });
  },
  version(state, e) {
    state.versions.set(e.name, { how: e.how ?? '', open: e.open ?? 0, deployment: e.deployment });
  },
  leader(state, e) {
    state.leader = e.how ?? '';
  },
  program(state, e) {
    state.program = e.how;
    state.programs.push({ t: e.at, how: e.how });
  },
  attempt(state, e) {
    const inv = invocation(state, e);
    const a = attempt(inv, e.attempt);
    a.t = e.at;
    a.begun = true;
    a.unit = e.unit ?? a.unit;
    return inv.of;
  },
  step(state, e) {
    const inv = invocation(state, e);
    const a = attempt(inv, e.attempt);
    a.unit = e.unit ?? a.unit;
    step(a, e);
    return inv.of;
  },
  message(state, e) {
    const inv = invocation(state, e);
    attempt(inv, e.attempt).messages.push({ t: e.at, how: e.how, name: e.name ?? '' });
    return inv.of;
  },
  end(state, e) {
    const inv = invocation(state, e);
    const a = attempt(inv, e.attempt);
    a.end = { t: e.at, how: e.how ?? '' };
    a.unit = e.unit ?? a.unit;
    // Where the program was not reached, no handler began: the attempt is a point.
    if (Number.isNaN(a.t)) a.t = e.at;
    return inv.of;
  },
  journal(state, e) {
    const inv = invocation(state, e);
    inv.journal.push({ t: e.at, index: e.index ?? 0, how: e.how ?? '', name: e.name ?? '' });
    return inv.of;
  },
  failure(state, e) {
    const inv = invocation(state, e);
    inv.failures.push({ t: e.at, index: e.index, how: e.how ?? '', name: e.name ?? '', reason: e.reason ?? '' });
    return inv.of;
  },
  invocation(state, e) {
    const inv = invocation(state, e);
    inv.status = e.how ?? '';
    inv.deployment = e.deployment ?? '';
    inv.next = e.next ? Date.parse(e.next) : null;
    if (inv.next) inv.due.push(inv.next);
    return inv.of;
  },
  stuck(state, e) {
    const inv = invocation(state, e);
    inv.stuck = e.how ? { status: e.how, words: e.name ?? '', lines: e.lines ?? [] } : null;
    return inv.of;
  },
  ledger(state, e) {
    const s = state.invs.get(e.entry?.invocation)?.of ?? subject(state, e.subject || e.entry?.subject || e.entry?.key);
    if (s) ledger(s, e.entry, e.at);
    return s;
  },
  row(state, e) {
    const s = subject(state, e.subject);
    s?.rows.push({ t: e.at, table: e.name, id: e.row ?? '', how: e.how ?? '', roll: e.roll, reason: e.reason ?? '' });
    s?.rows.sort((a, b) => a.t - b.t);
    return s;
  },
};

function touch(s, t) {
  s.version++;
  s.first = Math.min(s.first, t);
  s.last = Math.max(s.last, t);
}

function subject(state, id) {
  if (!id) return undefined;
  if (!state.subjects.has(id)) {
    state.subjects.set(id, { id, invs: [], requests: new Map(), rows: [], first: Infinity, last: 0, version: 0 });
  }
  return state.subjects.get(id);
}

// A journal entry may come before anything has said whose it is.
function invocation(state, e) {
  let inv = state.invs.get(e.inv);
  if (!inv) {
    inv = { id: e.inv, service: '', handler: '', key: '', attempts: [], journal: [], failures: [], status: '', deployment: '', next: null, due: [], stuck: null, named: false, of: null, children: [] };
    state.invs.set(e.inv, inv);
  }
  for (const field of ['service', 'handler', 'key', 'parent']) inv[field] = e[field] || inv[field];
  if (inv.service) state.services.add(inv.service);
  if (inv.parent) adopt(state, inv);
  // The subject is the id of an order, unless it is the key or the id of the invocation.
  if (e.subject && e.subject !== e.key && e.subject !== e.inv) inv.named = true;
  if (e.subject && !(inv.of && e.subject === inv.id)) belong(state, inv, subject(state, e.subject));
  return inv;
}

function adopt(state, inv) {
  const parent = state.invs.get(inv.parent);
  if (!parent || parent.children.includes(inv)) return;
  parent.children.push(inv);
  if (parent.of) belong(state, inv, parent.of);
}

// A call without a name of its own belongs to its caller, as soon as that is known.
function belong(state, inv, s) {
  if (inv.of && (inv.of === s || inv.of.id !== inv.id)) return;
  if (inv.of) {
    for (const [n, r] of inv.of.requests) s.requests.set(n, r);
    state.subjects.delete(inv.of.id);
  }
  inv.of = s;
  s.invs.push(inv);
  const known = [...inv.journal, ...inv.failures, ...inv.attempts].map((x) => x.t).filter(Number.isFinite);
  for (const t of known) touch(s, t);
  for (const child of inv.children) belong(state, child, s);
}

function attempt(inv, n = 1) {
  let a = inv.attempts.find((x) => x.n === n);
  if (!a) {
    a = { n, t: NaN, begun: false, unit: '', end: null, steps: [], messages: [] };
    inv.attempts.push(a);
    inv.attempts.sort((x, y) => x.n - y.n);
  }
  return a;
}

function step(a, e) {
  if (Number.isNaN(a.t)) a.t = e.at;
  const open = e.how !== 'begun' && a.steps.find((s) => s.name === e.name && s.how === 'begun');
  if (open) Object.assign(open, { how: e.how, end: e.at });
  else a.steps.push({ name: e.name ?? '', t: e.at, how: e.how, end: e.how === 'begun' ? null : e.at });
}

function ledger(s, entry, t) {
  if (!entry) return;
  const own = entry.what === 'request' || entry.what === 'refused';
  const r = request(s, own ? entry.n : entry.request ?? entry.n);
  r.kind = r.kind || entry.kind || '';
  r.key = r.key || entry.key || '';
  if (own) r.t = t;
  if (entry.what === 'effect') r.effects.push({ t, kind: entry.kind || r.kind, roll: entry.roll, id: entry.id, detail: entry.detail ?? '' });
  if (['answer', 'dropped', 'refused'].includes(entry.what)) {
    r.end = { t, what: entry.what, status: entry.status ?? 0, roll: entry.roll, again: !!entry.again, detail: entry.detail ?? '' };
  }
  if (Number.isNaN(r.t)) r.t = t;
}

function request(s, n) {
  if (!s.requests.has(n)) s.requests.set(n, { n, kind: '', key: '', t: NaN, effects: [], end: null });
  return s.requests.get(n);
}

// What a gap between two attempts is. Restate backs off no longer than it has announced: what comes after that
// is a wait. While Restate is down it backs off from nothing.
export function gap(state, inv, a, end) {
  if (a.end.how === 'server killed' || isDown(state, a.end.t, end)) return 'restate down';
  const due = inv.due.find((t) => t >= a.end.t && t <= end);
  return due && end - due > LATE ? 'wait' : 'back-off';
}

const LATE = 2000;

// The end of an attempt may be known a moment before the end of the server.
const isDown = (state, from, to) => state.unitLog.some((u) => u.name === 'restate' && u.how !== 'up' && u.t >= from - 1000 && u.t <= to);

// What an order has come to.

// A call of a handler that serves no order is drawn too, and is no order.
export const isOrder = (s) => s.rows.length > 0 || s.invs.some((inv) => inv.named || inv.service === 'Order') || requests(s).some((r) => r.kind && r.kind !== 'price');

export function nameOf(s) {
  const inv = s.invs[0];
  if (!inv?.service || isOrder(s)) return s.id;
  return `${inv.service}/${inv.key || inv.handler}`;
}

export const requests = (s, kind) =>
  [...s.requests.values()].filter((r) => !kind || r.kind === kind).sort((a, b) => a.t - b.t || a.n - b.n);

export const rollOf = (r) => (r.end?.again ? undefined : r.effects[0]?.roll ?? r.end?.roll);
export const effectsOf = (s, kind) => requests(s).flatMap((r) => r.effects.filter((e) => e.kind === kind));
export const history = (s, table = 'orders', until = Infinity) => s.rows.filter((r) => r.table === table && r.t <= until);

const over = new Set(['COMPLETED', 'FAILED', 'CANCELLED']);

export function status(s) {
  const rows = history(s);
  if (rows.length) return rows.at(-1).how;
  if (!s.invs.length) return s.requests.size ? 'asked' : '';
  if (s.invs.some((inv) => !done(inv))) return s.invs.some((inv) => inv.status === 'paused') ? 'paused' : 'running';
  return 'done';
}

// The version that serves an invocation, and the one that serves an order: '' while there is one version only.
export function versionOf(state, inv) {
  if (state.versions.size < 2 || !inv?.deployment) return '';
  for (const [n, v] of state.versions) if (v.deployment === inv.deployment) return n;
  return '';
}

// The copies of the program that have served an invocation, as far as there are several.
export const copiesOf = (inv) => [...new Set(inv.attempts.map((a) => a.unit).filter(Boolean))];

export const versionOfOrder = (state, s) => versionOf(state, s.invs.find((inv) => inv.handler === 'CreateOrder') ?? s.invs[0]);

// The invocations of an order that do not go on by themselves.
export const stuckOf = (s) => s.invs.filter((inv) => inv.stuck && !done(inv));

export function finished(s) {
  const rows = history(s);
  return rows.length ? over.has(rows.at(-1).how) : s.invs.length > 0 && s.invs.every(done);
}

export function done(inv) {
  return inv.status === 'completed' || inv.attempts.at(-1)?.end?.how === 'done';
}

// A mail may still be on its way when the order is finished.
export function busy(s) {
  return !finished(s) || s.invs.some((inv) => inv.attempts.length && !done(inv)) || requests(s).some((r) => !r.end && r.t > s.last - 60000);
}

export function verdict(s) {
  const charges = requests(s, 'charge');
  const acted = charges.filter((r) => r.effects.some((e) => e.kind === 'charge'));
  const n = effectsOf(s, 'charge').length;
  if (n > 1) return { kind: 'twice', text: `charged ${times(n).toUpperCase()}` };
  const first = acted[0];
  if (!first?.key) return null;
  const same = charges.filter((r) => r.key === first.key && r.n >= first.n && !(r.end?.what === 'refused'));
  if (same.length < 2) return null;
  return { kind: 'same', text: `requested ${times(same.length)} with the same key: charged once` };
}

// The charge that an attempt asked for: what the gateway was asked while it ran.
export function chargeIn(s, a) {
  const begun = a.steps.find((x) => x.name === 'charge' && x.how !== 'replayed')?.t ?? a.t;
  const end = a.end ? a.end.t + 2 : Infinity;
  return requests(s, 'charge').find((r) => r.t >= begun - 2 && r.t <= end);
}

export function outcome(a, charge) {
  const how = a.end?.how ?? '';
  if (!charge || !a.steps.some((x) => x.name === 'charge' && x.how !== 'replayed')) return plainOutcome(how);
  const roll = rollOf(charge);
  const words = [];
  if (charge.end?.again) words.push('repeated request, same answer');
  else if (roll !== undefined) words.push(`roll ${roll}`);
  if (!charge.end?.again && charge.effects.length) words.push('charged');
  else if (charge.end?.status === 402) words.push('declined');
  else if (charge.end?.status >= 500) words.push('failed');
  if (/killed|cut|broken off/.test(how)) words.push(how === 'server killed' ? 'restate killed' : how);
  else if (bad(how) && !(charge.end?.status >= 500)) words.push('failed');
  if (!words.length) return how ? plainOutcome(how) : 'waits for the gateway';
  return words.join(', ');
}

function plainOutcome(how) {
  if (!how) return 'runs';
  if (/could not be reached/.test(how)) return 'not reached';
  if (how === 'suspended') return 'waits';
  if (how === 'server killed') return 'restate killed';
  return how.startsWith('error') ? 'failed' : how;
}

// The odds.

export function payment(s) {
  const asked = requests(s, 'charge');
  const paid = asked.some((r) => r.effects.some((e) => e.kind === 'charge')) && asked.some((r) => r.end?.status === 200);
  if (!paid && history(s, 'payments').at(-1)?.how !== 'COMPLETED') return null;
  const ended = asked.filter((r) => r.end);
  if (!ended.length) return null;
  return {
    attempts: Math.max(1, asked.filter((r) => rollOf(r) !== undefined).length),
    within: Math.max(...ended.map((r) => r.end.t)) - asked[0].t,
    asking: ended.reduce((sum, r) => sum + r.end.t - r.t, 0),
  };
}

// backOff is how long a payment waits between its attempts, on average: the k-th
// failure, which comes with q to the k-th, is followed by a wait of twice the one
// before, and no more than ten times the first.
function backOff(first, q) {
  let sum = 0;
  for (let k = 1; k < 50; k++) sum += q ** k * first * Math.min(2 ** (k - 1), 10);
  return sum;
}

export function odds(state) {
  const q = Math.min(0.99, Math.max(0, state.below / 100));
  const all = [...state.subjects.values()].map(payment).filter(Boolean);
  const sorted = all.map((p) => p.attempts).sort((a, b) => a - b);
  const mean = (list) => (list.length ? list.reduce((a, b) => a + b, 0) / list.length : NaN);
  const quantile = (p) => (sorted.length ? sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] : NaN);
  const law = (p) => (q ? Math.max(1, Math.ceil(Math.log(1 - p) / Math.log(q))) : 1);
  const lines = [1, 2, 3, 4, 5, 6, 7].map((n) => {
    const these = all.filter((p) => (n === 7 ? p.attempts >= 7 : p.attempts === n));
    return {
      n, word: n === 7 ? '7+' : String(n), payments: these.length,
      share: all.length ? (100 * these.length) / all.length : 0,
      expected: 100 * (n === 7 ? q ** 6 : (1 - q) * q ** (n - 1)),
      within: mean(these.map((p) => p.within)), asking: mean(these.map((p) => p.asking)),
    };
  });
  const asking = state.delay / (1 - q);
  return {
    payments: all.length, lines, below: state.below,
    measured: { mean: mean(sorted), median: quantile(0.5), p99: quantile(0.99) },
    expected: { mean: 1 / (1 - q), median: law(0.5), p99: law(0.99), asking, within: asking + backOff(state.retry, q) },
    within: mean(all.map((p) => p.within)), asking: mean(all.map((p) => p.asking)),
  };
}
