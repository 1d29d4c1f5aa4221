// The pure modules of the page, over the recordings that ship.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { flowAt } from '../assets/flow.js';
import { lanesOf, marksOf } from '../assets/marks.js';
import { effectsOf, empty, finished, fold, odds, payment, rollOf, requests, status, verdict } from '../assets/model.js';
import { parse } from '../assets/source.js';
import { ticks } from '../assets/ticks.js';

const read = (name) => parse(readFileSync(new URL(`../recordings/${name}.jsonl`, import.meta.url), 'utf8'));

function play(name) {
  const state = empty();
  for (const event of read(name)) fold(state, event);
  return state;
}

const recordings = [
  { name: '1-one-attempt', rolls: [67] },
  { name: '2-two-attempts', rolls: [23, 55] },
  { name: '3-three-attempts', rolls: [12, 38, 82] },
  { name: '4-four-attempts', rolls: [15, 8, 31, 72] },
  { name: '5-killed-after-the-charge', rolls: [67, undefined], kind: 'same' },
  { name: '6-two-charges', rolls: [67, 67], kind: 'twice' },
];

for (const { name, rolls, kind } of recordings) {
  test(name, () => {
    const state = play(name);
    const orders = [...state.subjects.values()].filter((s) => requests(s, 'charge').length);
    assert.equal(orders.length, 1);
    const [order] = orders;
    assert.ok(finished(order));
    assert.equal(status(order), 'COMPLETED');
    assert.deepEqual(requests(order, 'charge').map(rollOf), rolls);
    assert.equal(effectsOf(order, 'charge').length, kind === 'twice' ? 2 : 1);
    assert.equal(verdict(order)?.kind, kind);
    assert.equal(payment(order)?.attempts, rolls.filter((roll) => roll !== undefined).length);
    assert.equal(odds(state).payments, 1);
    const flow = flowAt(state, order, Infinity);
    assert.equal(flow.title, 'Order workflow: CreateOrder');
    const inFlow = flow.list.filter((line) => !line.branch).flatMap((line) => line.children ?? [line]);
    assert.ok(inFlow.every((line) => line.state === 'done' || line.state === 'skipped'));
    assert.deepEqual(lanesOf(state, order), ['Order', 'Payment', 'gateway', 'Shipping', 'carrier', 'Receipts', 'mail', 'database']);
  });

  test(`${name}: marks are in time's order, and each has words`, () => {
    const state = play(name);
    for (const subject of state.subjects.values()) {
      const marks = marksOf(state, subject);
      assert.ok(marks.length > 0);
      assert.deepEqual(marks.map((m) => m.t), marks.map((m) => m.t).sort((a, b) => a - b));
      for (const mark of marks) assert.doesNotMatch(mark.label, /undefined|NaN|null/);
    }
  });
}

test('events that come late count once', () => {
  for (const { name } of recordings) {
    const state = empty();
    for (const event of read(name).reverse()) fold(state, event);
    const order = [...state.subjects.values()].find((s) => requests(s, 'charge').length);
    assert.equal(effectsOf(order, 'charge').length, name === '6-two-charges' ? 2 : 1, name);
  }
});

test('what is no recording is refused', () => {
  assert.throws(() => parse(''), /no event/);
  assert.throws(() => parse('{"what":"run"}'), /line 1 is not an event/);
  assert.throws(() => parse('nonsense'), /line 1 is not an event/);
});

test('ticks are round numbers within the range', () => {
  assert.deepEqual(ticks(0, 13.9, 12), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  assert.deepEqual(ticks(0, 0.5, 5), [0, 0.1, 0.2, 0.3, 0.4, 0.5]);
  assert.deepEqual(ticks(61.2, 84, 4), [65, 70, 75, 80]);
  assert.deepEqual(ticks(0.0012, 0.0031, 4), [0.0015, 0.002, 0.0025, 0.003]);
  assert.deepEqual(ticks(3, 3, 4), [3]);
});
