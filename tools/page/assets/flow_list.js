// @ts-check
// Shows the flow of an order as a nested list that lights up.
import { el, keep } from './dom.js';

const signs = { 'not yet': '○', now: '▶', done: '●', skipped: '◌', 'not taken': '–', failed: '×' };

export function showFlow(root, flow) {
  if (!flow) return keep(root, 'none', () => [el('p', {}, 'Choose an order to see its flow.')]);
  keep(root, JSON.stringify(flow), () => [
    el('h3', {}, flow.title),
    ...flow.chips.map(([name, list]) => el('p', { class: 'chips' }, el('span', { class: 'chips-name' }, `${name}:`), ...list.map((w, i) => el('span', { class: i === list.length - 1 ? 'chip last' : 'chip' }, w)))),
    lines(flow.list),
  ]);
}

function lines(list) {
  return el('ol', {}, ...list.map((item) => {
    const current = item.state === 'now' && !item.children?.some((c) => c.state === 'now');
    return el('li', { class: `is-${item.state.replace(' ', '-')}${item.branch ? ' branch' : ''}`, 'aria-current': current ? 'step' : null },
      el('span', { class: 'flow-line' },
        el('span', { class: 'sign', 'aria-hidden': 'true' }, signs[item.state]),
        el('span', { class: 'flow-text' }, item.text),
        el('span', { class: 'flow-state' }, item.state === 'skipped' ? 'skipped on replay' : item.state)),
      ...(item.notes?.length ? [el('ul', { class: 'notes' }, ...item.notes.map((n) => el('li', {}, n)))] : []),
      ...(item.children?.length ? [lines(item.children)] : []));
  }));
}
