// The page of a class: what the server says of it, drawn anew whenever it changes.
import { el, get, keep, say } from './dom.js';
import { themed } from './theme.js';

// quietAfter is how long somebody may say nothing, in ms.
const quietAfter = 8 * 60_000;
const crowd = 24;

const state = { view: null, instructor: false, skew: 0, shown: new Set() };
// now is the server's clock.
const now = () => Date.now() + state.skew;

function silence(view, learner) {
  if (view.listening) return 0;
  return now() - Math.max(learner.last, view.worked);
}

const minutes = (ms) => Math.floor(ms / 60_000);

function heard(view, learner) {
  const ms = silence(view, learner);
  if (ms >= quietAfter) return `quiet ${minutes(ms)} min`;
  return ms < 60_000 ? 'now' : `${minutes(ms)} min`;
}

function draw() {
  const view = state.view;
  if (!view) return;
  document.body.classList.toggle('crowded', view.learners.length > crowd);
  say(get('sum'), view.learners.length === 1 ? '1 learner' : `${view.learners.length} learners`);
  get('pause').hidden = !view.listening;
  get('listen').hidden = !state.instructor;
  get('listen').setAttribute('aria-pressed', String(!!view.listening));
  const hands = view.learners.filter((l) => l.hand).sort((a, b) => a.hand - b.hand);
  const quiet = view.learners.filter((l) => silence(view, l) >= quietAfter);
  list('hands', hands, (l) => `${l.name}${l.at && ` at ${l.at}`}`, lowering);
  list('silent', quiet, (l) => `${l.name}${l.at && ` at ${l.at}`}, ${minutes(silence(view, l))} min`);
  drawTasks(view);
  drawFails(view);
  drawGuesses(view);
}

function list(id, learners, words, more = () => []) {
  const lines = learners.map(words);
  keep(get(id), JSON.stringify([lines, state.instructor]), () =>
    lines.length ? learners.map((l, i) => el('li', {}, lines[i], ...more(l))) : [el('li', { class: 'empty' }, 'nobody')]);
}

function lowering(learner) {
  if (!state.instructor) return [];
  const button = el('button', { type: 'button', 'aria-label': `${learner.name}: seen` }, 'seen');
  button.addEventListener('click', () => post('lower', { name: learner.name }));
  return [button];
}

// begun are the lessons that anybody is in, or the first.
function begun(view) {
  const any = view.lessons.filter((lesson) => lesson.tasks.some((t) => view.learners.some((l) => l.tasks[t.id] || l.at === t.id)));
  return any.length ? any : view.lessons.slice(0, 1);
}

function drawTasks(view) {
  const lessons = begun(view);
  const learners = view.learners.map((l) => [l.name, l.at, l.tasks, heard(view, l)]);
  keep(get('tasks'), JSON.stringify([lessons, learners]), () => [head(lessons), body(view, lessons), foot(view, lessons)]);
}

function columns(lessons, make) {
  return lessons.flatMap((lesson) => lesson.tasks.map((t, i) => make(t, i ? '' : ' first')));
}

function head(lessons) {
  return el('thead', {},
    el('tr', {}, el('td'), el('td'), ...lessons.map((l) => el('th', { class: 'of first', colspan: l.tasks.length, scope: 'colgroup', title: l.title }, `${l.n} ${l.title}`))),
    el('tr', {}, el('th', { scope: 'col' }, el('span', { class: 'hidden' }, 'name')), el('th', { class: 'heard', scope: 'col' }, 'last heard'),
      ...columns(lessons, (t, first) => el('th', { class: first.trim(), scope: 'col', title: t.title + (t.extra ? ' (extra)' : '') }, t.id))));
}

function body(view, lessons) {
  return el('tbody', {}, ...view.learners.map((l) =>
    el('tr', { class: silence(view, l) >= quietAfter ? 'is-quiet' : '' },
      el('th', { scope: 'row' }, l.name), el('td', { class: 'heard' }, heard(view, l)), ...columns(lessons, (t, first) => cell(l, t, first)))));
}

function cell(learner, task, first) {
  const c = learner.tasks[task.id];
  const here = learner.at === task.id ? ' here' : '';
  if (!c) return el('td', { class: first + here, 'aria-label': here ? `${task.id} is next` : `${task.id} not judged` }, here ? '·' : '');
  if (c.given) return el('td', { class: first + here, 'aria-label': `${task.id} given`, title: `${task.id} given` }, 'g');
  const reds = c.reds > 1 ? ` ${c.reds}` : '';
  const words = c.green ? `${task.id} right` : `${task.id} red${c.reds > 1 ? `, ${c.reds} times` : ''}`;
  return el('td', { class: (c.green ? 'green' : 'red') + first + here, 'aria-label': words, title: words }, c.green ? '✓' : `✗${reds}`);
}

function foot(view, lessons) {
  return el('tfoot', {}, el('tr', {}, el('th', { scope: 'row' }, 'right'), el('td'),
    ...columns(lessons, (t, first) => el('td', { class: first.trim() }, view.learners.length ? String(t.done) : ''))));
}

function drawFails(view) {
  keep(get('fails'), JSON.stringify(view.fails), () => (view.fails.length ? view.fails.map(fail) : [el('li', { class: 'empty' }, 'nothing')]));
}

function fail(f) {
  const people = f.learners === 1 ? '1 learner' : `${f.learners} learners`;
  return el('li', {}, el('b', {}, `${f.task}  ${people}`), ` ${f.title}; red ${f.times === 1 ? 'once' : `${f.times} times`}`,
    ...f.words.slice(0, 3).map((w) => el('span', { class: 'words' }, `${w.count} × ${w.text}`)));
}

function drawGuesses(view) {
  const all = view.guesses.filter((g) => g.guesses.length);
  keep(get('guesses'), JSON.stringify([all, [...state.shown]]), () => (all.length ? all.map(guess) : [el('p', { class: 'empty' }, 'none yet')]));
}

function guess(g) {
  const shown = state.shown.has(g.task);
  const button = el('button', { type: 'button', 'aria-pressed': String(shown), 'data-truth': g.task }, shown ? 'hide the true numbers' : 'show the true numbers');
  button.addEventListener('click', () => {
    state.shown[shown ? 'delete' : 'add'](g.task);
    draw();
  });
  return el('div', { class: 'guess' }, el('h3', {}, `${g.task} ${g.title}`),
    ...g.guesses.map((w) => el('p', {}, `${w.count} × ${w.text}`)), el('p', { class: 'truth' }, shown ? `true: ${g.truth} ` : '', button));
}

async function post(what, body) {
  await fetch(what, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }).catch(() => {});
}

function follow() {
  const source = new EventSource('events');
  source.addEventListener('hello', (e) => {
    const hello = JSON.parse(e.data);
    state.instructor = hello.instructor;
    keep(get('joins'), hello.joins.join(), () => hello.joins.map((at) => el('code', {}, `CLASS=${at} NAME=otter make check`)));
    draw();
  });
  source.onmessage = (e) => {
    state.view = JSON.parse(e.data);
    state.skew = state.view.now - Date.now();
    draw();
    document.documentElement.dataset.ready = '1';
  };
  source.onopen = () => (get('connection').hidden = true);
  source.onerror = () => {
    get('connection').hidden = false;
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(follow, 2000);
  };
}

themed();
get('listen').addEventListener('click', () => post('listen', { on: !state.view?.listening }));
setInterval(draw, 5000);
follow();
