// What the page counts as an order, and what it says of a gap between two attempts.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { marksOf } from '../assets/marks.js';
import { empty, fold, isOrder, nameOf, requests, versionOf, versionOfOrder, copiesOf } from '../assets/model.js';

const begin = Date.parse('2026-01-01T00:00:00Z');
const at = (seconds) => new Date(begin + seconds * 1000).toISOString();

function folded(...events) {
  const state = empty();
  for (const [seconds, event] of events) fold(state, { t: at(seconds), ...event });
  return state;
}

const attempt = (inv, service, handler, more) => ({ what: 'attempt', inv, service, handler, attempt: 1, ...more });

test('only what serves an order is an order', () => {
  const state = folded(
    [0, attempt('inv_1', 'Report', 'Attempts', { subject: 'inv_1' })],
    [1, attempt('inv_2', 'Cart', 'Add', { subject: 'ann', key: 'ann' })],
    [2, attempt('inv_3', 'Pricing', 'Quote', { subject: 'inv_3' })],
    [2.1, { what: 'ledger', subject: 'book', entry: { n: 1, what: 'request', kind: 'price', subject: 'book', invocation: 'inv_3' } }],
    [3, attempt('inv_4', 'Order', 'CreateOrder', { subject: 'o-1', key: 'o-1' })],
    [4, attempt('inv_5', 'Payment', 'ProcessPayment', { subject: 'o-2', key: 'pay-o-2' })],
    [5, attempt('inv_6', 'Checkout', 'Place', { subject: 'o-3' })],
    [6, { what: 'row', subject: 'o-4', name: 'orders', row: 'o-4', how: 'PENDING' }],
    [7, { what: 'ledger', subject: 'o-5', entry: { n: 2, what: 'request', kind: 'charge', subject: 'o-5' } }],
  );
  const all = [...state.subjects.values()];
  assert.deepEqual(all.filter((s) => !isOrder(s)).map(nameOf), ['Report/Attempts', 'Cart/ann', 'Pricing/Quote']);
  assert.deepEqual(all.filter(isOrder).map(nameOf), ['o-1', 'o-2', 'o-3', 'o-4', 'o-5']);
});

test('a call is drawn with its caller, whenever that becomes known', () => {
  const child = attempt('inv_2', 'Pricing', 'Quote', { subject: 'inv_2' });
  const asked = { what: 'ledger', subject: 'book', entry: { n: 1, what: 'request', kind: 'price', subject: 'book', invocation: 'inv_2' } };
  const family = { what: 'invocation', inv: 'inv_2', service: 'Pricing', handler: 'Quote', parent: 'inv_1', how: 'running', subject: 'inv_2' };
  const parent = attempt('inv_1', 'Cart', 'Add', { subject: 'ann', key: 'ann' });
  for (const order of [[parent, child, asked, family], [parent, child, family, asked, family], [child, asked, family, parent, family]]) {
    const state = folded(...order.map((e, i) => [i, e]));
    assert.deepEqual([...state.subjects.keys()], ['ann']);
    const [cart] = state.subjects.values();
    assert.deepEqual(cart.invs.map((inv) => inv.service).sort(), ['Cart', 'Pricing']);
    assert.equal(requests(cart, 'price').length, 1);
  }
});

const gapsOf = (...events) => {
  const state = folded(...events);
  return marksOf(state, state.subjects.get('o-1')).map((m) => m.text).filter((text) => text.includes(', then attempt'));
};
const pay = (what, more) => ({ what, inv: 'inv_1', subject: 'o-1', service: 'Payment', handler: 'ProcessPayment', key: 'pay-o-1', ...more });
const twice = (how, next) => [[0, pay('attempt', { attempt: 1 })], [1, pay('end', { attempt: 1, how })], [next, pay('attempt', { attempt: 2 })]];
const restate = (how) => ({ what: 'unit', name: 'restate', how });
const due = (seconds) => pay('invocation', { how: 'backing-off', next: at(seconds) });

test('an outage of the server is no back-off', () => {
  assert.deepEqual(gapsOf(...twice('error: no', 2.3), [1.1, due(2)]), ['1.3 s back-off, then attempt 2']);
  assert.deepEqual(gapsOf(...twice('killed', 2), [1, { what: 'unit', name: 'program', how: 'signal: killed' }]), ['1.0 s back-off, then attempt 2']);
  for (const how of ['broken off', 'cut', 'error: context canceled', 'server killed']) {
    for (const killed of [0.9, 1.2]) {
      assert.deepEqual(gapsOf(...twice(how, 6.3), [killed, restate('signal: killed')], [6, restate('up')]), ['5.3 s restate down, then attempt 2'], how);
    }
  }
  assert.deepEqual(gapsOf(...twice('error: no', 6.3), [1.1, due(2)]), ['5.3 s wait, then attempt 2'], 'the server did not run, and nobody saw it end');
  assert.deepEqual(gapsOf(...twice('error: no', 6.3), [-9, restate('signal: killed')], [-8, restate('up')], [1.1, due(6)]), ['5.3 s back-off, then attempt 2']);
});

test('an attempt has a copy where there are several', () => {
  const on = (what, unit, rest) => ({ what, inv: 'inv_1', subject: 'o-1', service: 'Order', handler: 'CreateOrder', key: 'o-1', attempt: 1, unit, ...rest });
  const state = folded([0, on('attempt', 'copy-1')], [1, on('step', 'copy-2', { name: 'pending', how: 'begun' })], [2, { ...on('attempt', 'copy-1'), attempt: 2 }]);
  assert.deepEqual(copiesOf(state.invs.get('inv_1')), ['copy-2', 'copy-1'], 'the proxy has tried copy-1 first, and nothing listened there');
  const words = marksOf(state, state.subjects.get('o-1')).map((m) => m.text);
  assert.ok(words.includes('attempt 2 of CreateOrder begins on copy-1'), words.join('\n'));
});

test('an order has a version where there are two', () => {
  const created = { what: 'invocation', inv: 'inv_1', subject: 'o-1', service: 'Order', handler: 'CreateOrder', key: 'o-1', how: 'running', deployment: 'dp_1' };
  const asked = { what: 'invocation', inv: 'inv_2', subject: 'o-1', service: 'Order', handler: 'Status', key: 'o-1', how: 'completed', deployment: 'dp_2' };
  const version = (name, deployment) => ({ what: 'version', name, deployment, how: 'deployed' });
  const state = folded([0, asked], [1, created], [2, version('1', 'dp_1')]);
  const order = state.subjects.get('o-1');
  assert.equal(versionOfOrder(state, order), '');
  fold(state, { t: at(3), ...version('2', 'dp_2') });
  assert.equal(versionOfOrder(state, order), '1');
  assert.equal(versionOf(state, state.invs.get('inv_2')), '2');
  fold(state, { t: at(4), what: 'journal', inv: 'inv_3', subject: 'o-2', how: 'Command: Input' });
  assert.equal(versionOfOrder(state, state.subjects.get('o-2')), '', 'not pinned yet');
});
