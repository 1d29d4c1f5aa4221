// The buttons, and what the server says to them.
import { el, get, say } from './dom.js';

export function makeControls() {
  const root = get('controls');
  root.addEventListener('click', (e) => {
    const button = e.target.closest('button[data-verb]');
    if (button && !button.disabled) act(button);
  });
  get('own-rolls').addEventListener('keydown', (e) => {
    if (e.key === 'Enter') act(get('own-order'));
  });

  function show(can, state) {
    const some = can.length > 0;
    root.hidden = !some;
    for (const part of root.querySelectorAll('[data-needs]')) part.hidden = !can.includes(part.dataset.needs);
    for (const name of state.units.keys()) addButtons(root, name);
    for (const button of root.querySelectorAll('button[data-verb="start"]')) {
      const unit = state.units.get(button.dataset.arg);
      button.disabled = !unit || unit.how === 'up';
      button.hidden = isGone(unit, button, state);
    }
    for (const button of root.querySelectorAll('button[data-verb="kill"]')) {
      const unit = state.units.get(button.dataset.arg);
      button.disabled = !!unit && unit.how !== 'up';
      button.hidden = isGone(unit, button, state);
    }
    const old = state.versions.get('1');
    root.querySelector('[data-verb="deploy"]').disabled = state.versions.size > 1;
    const remove = root.querySelector('[data-verb="remove"]');
    remove.hidden = state.versions.size < 2 || old?.how === 'removed';
    remove.disabled = old?.how !== 'deployed' || old.open > 0;
    for (const button of root.querySelectorAll('button[data-verb="program"]')) {
      const on = (button.dataset.arg === 'naive') === (state.program === 'naive');
      button.setAttribute('aria-pressed', String(!!state.program && on));
      button.disabled = state.versions.size > 1;
      if (button.dataset.arg !== 'naive') say(button, state.run?.how === 'mine' ? 'yours' : 'reference');
    }
  }

  return { show };
}

// Version 2 has no process before it is deployed, and version 1 has none after it is removed. A shop
// with three nodes has no process with the names restate and program.
const isGone = (unit, button, state) =>
  unit ? unit.how === 'removed' : button.dataset.arg === 'program-2' || (state.units.has('node-1') && button.dataset.arg !== 'sandbox');

// addButtons adds the buttons of a process that index.html does not name.
function addButtons(root, name) {
  for (const verb of ['kill', 'start']) {
    const group = root.querySelector(`[data-needs="${verb}"]`);
    if ([...group.querySelectorAll('button')].some((b) => b.dataset.arg === name)) continue;
    group.append(' ', el('button', { type: 'button', class: verb === 'kill' ? 'grave' : null, 'data-verb': verb, 'data-arg': name }, name));
  }
}

async function act(button) {
  const body = bodyOf(button);
  if (!body) return;
  button.setAttribute('aria-busy', 'true');
  await post(button.dataset.verb, body);
  button.removeAttribute('aria-busy');
}

function bodyOf({ dataset: { verb, arg } }) {
  switch (verb) {
    case 'order': return orderBody(arg);
    case 'hold': return { when: arg };
    case 'kill': case 'start': return { name: arg };
    case 'program': return { naive: arg === 'naive' };
    default: return {};
  }
}

function orderBody(arg) {
  const n = Number(get('how-many').value);
  if (!fine(get('how-many'), Number.isInteger(n) && n >= 1 && n <= 500)) return tell('an order button places 1 to 500 orders', 'change the number of orders', false);
  const text = arg === 'own' ? get('own-rolls').value : arg;
  const rolls = rollsIn(text);
  if (arg === 'own' && !fine(get('own-rolls'), rolls?.length)) return tell('rolls are numbers from 0 to 99, separated by commas', 'for example 12, 38, 82', false);
  return { n, rolls, token: get('declined').checked ? 'tok_declined' : 'tok_ok' };
}

// rollsIn reads numbers from 0 to 99; null when something else is there.
export function rollsIn(text) {
  const words = text.split(',').map((w) => w.trim());
  if (words.length === 1 && !words[0]) return [];
  return words.every((w) => /^\d{1,2}$/.test(w)) ? words.map(Number) : null;
}

function fine(input, is) {
  input.setAttribute('aria-invalid', String(!is));
  if (!is) input.focus();
  return !!is;
}

async function post(verb, body) {
  try {
    const answer = await fetch(`control/${verb}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) tell(said.said ?? 'done', '', true);
    else tell(said.what ?? `the server answered ${answer.status}`, said.hint, false);
  } catch {
    tell('the server does not answer', 'check that make shop or make run still runs', false);
  }
}

export function tell(what, hint, good) {
  const line = get('status-line');
  line.classList.toggle('no', !good);
  line.replaceChildren(el('strong', {}, good ? '' : 'no: '), what, ...(hint ? [el('span', { class: 'hint' }, `; ${hint}`)] : []));
}
