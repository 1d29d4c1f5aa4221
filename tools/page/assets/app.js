// Wires the parts: events into a state, the state onto the page, keys and clicks back.
import { empty, fold, finished, busy, verdict, status, effectsOf, stuckOf, isOrder, nameOf, versionOf, copiesOf } from './model.js';
import { marksOf } from './marks.js';
import { draw, nearest } from './timeline.js';
import { flowAt } from './flow.js';
import { showFlow } from './flow_list.js';
import { showOdds } from './odds.js';
import { makeControls, tell } from './controls.js';
import { makeOrders } from './orders.js';
import { live, recordings, recording, parse, player } from './source.js';
import { el, get, keep, say } from './dom.js';
import { themed, toggleTheme } from './theme.js';
import { unitWords, versionWords, at, seconds } from './words.js';

const view = {
  now: empty(), replay: null, player: null, name: '', can: [], title: '', run: null, hasLive: false, lastN: 0,
  selected: null, cursor: null, hover: null, zoom: null, out: null, marks: [], marksKey: '', shown: null,
  changed: new Set(), dirty: true, drawn: 0, last: 0, oddsAt: 0,
};
const state = () => view.replay ?? view.now;
const chosen = () => state().subjects.get(view.selected);
const clock = () => (view.player ? view.player.t : Math.max(Date.now(), view.now.last));

const orders = makeOrders((id) => select(id));
const controls = makeControls();

// Events.

function take(into, event) {
  const s = fold(into, event);
  if (into !== state()) return;
  if (s) {
    view.changed.add(s.id);
    follow(s);
  }
  view.dirty = true;
}

// A new order is chosen when the one on show is over, unless somebody looks at that.
function follow(s) {
  const on = chosen();
  if (on === s || s.version > 1) return;
  if (!on || (finished(on) && view.cursor === null && (isOrder(s) || !isOrder(on)))) select(s.id);
}

function hello(h) {
  view.hasLive = true;
  if (h.run !== view.run) {
    view.now = empty();
    view.lastN = 0;
    if (!view.player) fresh();
  }
  view.run = h.run;
  view.can = h.can ?? [];
  view.title = h.title ?? '';
  view.dirty = true;
  ready();
}

// After a broken line some events may come twice.
function events(list) {
  for (const e of list) {
    if (e.n && e.n <= view.lastN) continue;
    if (e.n) view.lastN = e.n;
    take(view.now, e);
  }
}

function down(is) {
  get('connection').hidden = !is;
}

async function none() {
  down(false);
  view.hasLive = false;
  get('replay').hidden = false;
  view.dirty = true;
  if (!view.player) say(get('replay-about'), 'Choose a recording, or open a file of your own.');
  ready();
}

function fresh() {
  Object.assign(view, { selected: null, cursor: null, hover: null, zoom: null, marks: [], marksKey: '', shown: null, dirty: true });
  view.changed = new Set(state().subjects.keys());
  orders.clear();
}

// Choosing.

function select(id) {
  if (id === view.selected) return;
  Object.assign(view, { selected: id, cursor: null, hover: null, zoom: null, dirty: true });
}

function otherOrder(by) {
  const ids = [...state().subjects.keys()];
  const i = ids.indexOf(view.selected);
  if (ids.length) select(ids[Math.min(Math.max(i + by, 0), ids.length - 1)]);
}

function moveCursor(to) {
  if (!view.marks.length) return;
  view.cursor = Math.min(Math.max(to, 0), view.marks.length - 1);
  view.hover = null;
  keepInView(view.marks[view.cursor].t - chosen().first);
  view.dirty = true;
}

const fullSpan = (s) => [0, Math.max((busy(s) ? clock() : s.last) - s.first, 50)];

function span(s) {
  return view.zoom ?? fullSpan(s);
}

function zoom(by) {
  const s = chosen();
  if (!s) return;
  const [, all] = fullSpan(s);
  const [a, b] = span(s);
  const centre = view.cursor === null ? (busy(s) ? b : (a + b) / 2) : view.marks[view.cursor].t - s.first;
  const wide = (b - a) * by;
  if (wide >= all) view.zoom = null;
  else if (wide >= 4) view.zoom = within(centre - wide / 2, wide, all);
  view.dirty = true;
}

function within(from, wide, all) {
  const a = Math.min(Math.max(from, 0), Math.max(all - wide, 0));
  return [a, a + wide];
}

function keepInView(t) {
  if (!view.zoom) return;
  const [a, b] = view.zoom;
  if (t < a || t > b) view.zoom = within(t - (b - a) / 2, b - a, fullSpan(chosen())[1]);
}

// Drawing.

function frame(time) {
  requestAnimationFrame(frame);
  const passed = time - view.last;
  view.last = time;
  if (view.player?.playing) {
    view.player.tick(passed);
    view.dirty = true;
  }
  const s = chosen();
  const grows = s && busy(s) && (!view.player || view.player.playing);
  if (!view.dirty && !grows) return;
  // In a rush of orders nobody can read ten pictures a second.
  const rest = view.hover || view.cursor !== view.shownCursor ? 30 : view.changed.size > 20 ? 300 : 95;
  if (time - view.drawn < rest) return;
  view.drawn = time;
  view.shownCursor = view.cursor;
  show(time);
}

function show(time) {
  view.dirty = false;
  if (view.selected && !chosen()) select([...state().subjects.keys()].at(-1) ?? null); // it is drawn with its caller now
  const s = chosen();
  showHeader();
  orders.show(state(), view.changed, view.selected);
  view.changed.clear();
  showOrder(s);
  controls.show(view.player ? [] : view.can, state());
  showReplay();
  if (time - view.oddsAt > 400) {
    view.oddsAt = time;
    showOdds(state(), Math.max(320, get('odds').clientWidth));
  } else setTimeout(() => (view.dirty = true), 450);
}

function showHeader() {
  const st = state();
  say(get('title'), view.player ? view.name : view.title || (view.hasLive ? 'the shop, live' : 'recordings'));
  const units = [...st.units].filter(([, u]) => u.how !== 'removed').map(([name, u]) => ({ name, up: u.how === 'up', words: unitWords(name, u.how, name === st.leader) }));
  keep(get('units'), JSON.stringify(units), () => units.map((u) => el('li', { class: u.up ? 'up' : 'down', 'data-unit': u.name }, el('span', { 'aria-hidden': 'true' }, u.up ? '● ' : '× '), u.words)));
  const whose = { reference: 'the reference solution serves', mine: 'your program serves', naive: 'the naive program serves' };
  const serves = (st.units.get('program')?.how ?? 'up') === 'up';
  say(get('program'), !serves || st.program === 'naive' ? '' : whose[st.program] ?? (st.program ? `${st.program} serves` : ''));
  get('naive').hidden = !serves || st.program !== 'naive';
  get('versions').hidden = st.versions.size < 2;
  say(get('versions'), versionWords(st.versions));
}

function showOrder(s) {
  get('empty').hidden = !!s;
  say(get('empty'), emptyWords());
  get('order-panel').hidden = !s;
  if (!s) {
    showFlow(get('flow'), null);
    return;
  }
  refreshMarks(s);
  const mark = view.hover ?? (view.cursor === null ? null : view.marks[view.cursor]);
  const t = mark ? mark.t : clock();
  showVerdict(s);
  showStuck(s);
  showTimeline(s, mark);
  showCursor(s, mark);
  showFlow(get('flow'), flowAt(state(), s, t));
  say(get('flow-when'), mark ? `as it was at ${at(mark.t - s.first)}` : view.player ? 'as it is at this point' : 'as it is now');
  if (get('entries').open) showEntries();
}

function emptyWords() {
  if (view.player) return 'There is no order at this point in the recording yet.';
  if (!view.hasLive) return 'Choose a recording above, or open a file of your own.';
  return view.can.includes('order') ? 'No order yet. Place one above.' : 'No call yet. Calls of your handlers appear here.';
}

function refreshMarks(s) {
  const key = `${s.id}|${s.version}|${state().unitLog.length}|${view.run}|${view.name}`;
  if (key === view.marksKey) return;
  const on = view.cursor === null ? null : view.marks[view.cursor]?.label;
  view.marks = marksOf(state(), s);
  view.marksKey = key;
  if (on) view.cursor = Math.max(0, view.marks.findIndex((m) => m.label === on));
  if (view.hover) view.hover = view.marks.find((m) => m.label === view.hover.label) ?? null;
}

function showVerdict(s) {
  say(get('order-kind'), isOrder(s) ? 'order' : 'call');
  say(get('order-id'), nameOf(s));
  say(get('order-status'), status(s));
  const served = versionsIn(s);
  get('order-versions').hidden = !served;
  say(get('order-versions'), served);
  const v = verdict(s);
  const box = get('verdict');
  box.hidden = !v;
  box.dataset.kind = v?.kind ?? '';
  say(box, v?.text ?? '');
}

// Which version or which copies of the program serve the order, and each call that it has made.
function versionsIn(s) {
  const versions = s.invs.map((inv) => [inv.handler, versionOf(state(), inv)]).filter(([, n]) => n).map(([handler, n]) => `${handler}: version ${n}`);
  const copies = s.invs.filter((inv) => copiesOf(inv).length).map((inv) => `${inv.handler}: ${copiesOf(inv).join(', then ')}`);
  return [...new Set([...versions, ...copies])].join(versions.length ? ', ' : '; ');
}

// What waits for a person: why, which object key it holds, and the commands that free it.
function showStuck(s) {
  const all = stuckOf(s).map((inv) => inv.stuck);
  get('stuck').hidden = !all.length;
  keep(get('stuck'), JSON.stringify(all), () => all.flatMap((stuck) => [
    el('p', {}, el('strong', {}, stuck.words)),
    el('dl', {}, ...stuck.lines.flatMap((l) => [el('dt', {}, l.title), el('dd', {}, l.text.startsWith('curl ') ? el('code', {}, l.text) : l.text)])),
  ]));
}

function showTimeline(s, mark) {
  const box = get('timeline');
  const width = Math.max(480, box.clientWidth);
  const now = busy(s) ? clock() : s.last;
  const { svg, out } = draw(state(), s, { now, width, span: span(s), compact: innerHeight < 900 }, mark);
  view.out = out;
  box.replaceChildren(svg);
}

function showCursor(s, mark) {
  const line = get('cursor-text');
  line.setAttribute('aria-live', mark ? 'polite' : 'off');
  const i = view.marks.indexOf(mark);
  const last = view.marks.at(-1);
  say(get('cursor-count'), mark ? `${i + 1} of ${view.marks.length}` : busy(s) ? 'latest' : 'last');
  say(line, mark ? mark.label : last ? last.label : 'nothing has happened yet');
}

function showEntries() {
  keep(get('entries-body'), view.marksKey, () => view.marks.map((m) =>
    el('tr', {}, el('td', {}, seconds(m.t - chosen().first, 3)), el('td', {}, m.lane), el('td', {}, m.text))));
}

// Replay.

function showReplay() {
  get('source-live').hidden = !view.hasLive;
  get('source-live').setAttribute('aria-pressed', String(!view.player));
  const p = view.player;
  document.documentElement.dataset.view = p || view.hasLive === false ? 'replay' : 'live';
  get('transport').hidden = !p;
  if (!p) return;
  say(get('play'), p.playing ? 'pause' : 'play');
  const scrub = get('scrub');
  scrub.max = String(p.last - p.first);
  scrub.value = String(p.t - p.first);
  scrub.setAttribute('aria-valuetext', `${seconds(p.t - p.first)} of ${seconds(p.last - p.first)}`);
  say(get('scrub-words'), `${seconds(p.t - p.first)} of ${seconds(p.last - p.first)}`);
}

function startReplay(list, name, about) {
  const run = list.find((e) => e.what === 'run');
  about ??= run?.reason;
  view.name = name = run?.name || name;
  view.replay = empty();
  view.player = player(list, {
    start() {
      const { selected } = view;
      view.replay = empty();
      fresh();
      view.wanted = selected;
    },
    take: (e) => {
      take(view.replay, e);
      if (view.wanted && view.replay.subjects.has(view.wanted)) {
        select(view.wanted);
        view.wanted = null;
      }
    },
  });
  view.player.speed = Number(get('speed').value);
  fresh();
  view.wanted = null;
  view.player.seek(view.player.first);
  view.player.play(true);
  get('replay').hidden = false;
  say(get('replay-about'), about ? `This is a recording: ${about}` : `This is a recording: ${name}`);
}

async function openRecording(name) {
  try {
    const known = (view.recordings ?? []).find((r) => r.name === name);
    startReplay(await recording(name), known?.title ?? name, known?.about);
    get('recordings').value = known ? name : '';
  } catch (e) {
    tell(e.message, '', false);
  }
}

async function openFile(file) {
  if (!file) return;
  try {
    startReplay(parse(await file.text()), file.name);
  } catch (e) {
    tell(`${file.name}: ${e.message}`, 'a recording has one JSON event per line', false);
  }
}

function goLive() {
  Object.assign(view, { player: null, replay: null, name: '' });
  get('replay').hidden = true;
  get('recordings').value = '';
  fresh();
  const newest = [...view.now.subjects.keys()].at(-1);
  if (newest) select(newest);
}

async function listRecordings() {
  view.recordings = await recordings();
  const options = view.recordings.map((r) => el('option', { value: r.name, title: r.about }, r.title ?? r.name));
  get('recordings').append(...options);
}

// Keys and clicks.

const keys = {
  ArrowLeft: () => moveCursor(view.cursor === null ? view.marks.length - 1 : view.cursor - 1),
  ArrowRight: () => moveCursor(view.cursor === null ? 0 : view.cursor + 1),
  Home: () => moveCursor(0),
  End: () => moveCursor(view.marks.length - 1),
  Escape: () => Object.assign(view, { cursor: null, hover: null, dirty: true }),
  '+': () => zoom(0.5), '=': () => zoom(0.5), '-': () => zoom(2),
  0: () => Object.assign(view, { zoom: null, dirty: true }),
  '[': () => otherOrder(-1), ']': () => otherOrder(1),
  t: () => toggleTheme(), '?': () => get('help').showModal(),
  '.': () => replayKey((p) => p.step()), ' ': () => replayKey((p) => p.play()),
};
keys.j = keys.ArrowRight;
keys.k = keys.ArrowLeft;

function replayKey(act) {
  if (!view.player) return;
  act(view.player);
  view.dirty = true;
}

function onKey(e) {
  if (e.ctrlKey || e.metaKey || e.altKey || get('help').open) return;
  const target = e.target instanceof Element ? e.target : document.body;
  if (target.matches('input, select, textarea') && !(e.key === 'Escape')) return;
  if (e.key === ' ' && target.matches('button, summary, a')) return;
  if (target.id === 'orders' && ['ArrowUp', 'ArrowDown'].includes(e.key)) {
    e.preventDefault();
    return otherOrder(e.key === 'ArrowUp' ? -1 : 1);
  }
  if (e.key === ' ' && !view.player) return;
  const act = Object.hasOwn(keys, e.key) && keys[e.key];
  if (!act) return;
  e.preventDefault();
  act();
}

function pointer(e) {
  if (!view.out) return null;
  const r = get('timeline').getBoundingClientRect();
  return nearest(view.out, view.marks, e.clientX - r.left + get('timeline').scrollLeft, e.clientY - r.top);
}

function listen() {
  document.addEventListener('keydown', onKey);
  const line = get('timeline');
  line.addEventListener('pointermove', (e) => {
    const mark = pointer(e);
    if (mark !== view.hover) Object.assign(view, { hover: mark, dirty: true });
  });
  line.addEventListener('pointerleave', () => Object.assign(view, { hover: null, dirty: true }));
  line.addEventListener('click', (e) => {
    const mark = pointer(e);
    if (mark) moveCursor(view.marks.indexOf(mark));
  });
  for (const button of document.querySelectorAll('button[data-key]')) button.addEventListener('click', () => keys[button.dataset.key]());
  get('help-button').addEventListener('click', () => get('help').showModal());
  get('help-close').addEventListener('click', () => get('help').close());
  get('entries').addEventListener('toggle', () => (view.dirty = true));
  listenReplay();
  new ResizeObserver(() => (view.dirty = true)).observe(document.body);
}

function listenReplay() {
  get('source-live').addEventListener('click', goLive);
  get('recordings').addEventListener('change', (e) => e.target.value && openRecording(e.target.value));
  get('file').addEventListener('change', (e) => openFile(e.target.files[0]));
  get('play').addEventListener('click', () => replayKey((p) => p.play()));
  get('step').addEventListener('click', () => replayKey((p) => p.step()));
  get('to-end').addEventListener('click', () => replayKey((p) => p.end()));
  get('speed').addEventListener('change', (e) => replayKey((p) => (p.speed = Number(e.target.value))));
  get('scrub').addEventListener('input', (e) => replayKey((p) => {
    p.playing = false;
    p.seek(p.first + Number(e.target.value));
  }));
}

const ready = () => (document.documentElement.dataset.ready = '1');

// Tests read this.
window.__state = () => {
  const every = [...state().subjects.values()];
  const all = every.filter(isOrder);
  const s = chosen();
  return {
    drawn: !view.dirty, orders: all.length, calls: every.length - all.length, finished: all.filter(finished).length, selected: view.selected,
    marks: s ? marksOf(state(), s).map((m) => m.label) : [],
    charges: Object.fromEntries(all.map((x) => [x.id, effectsOf(x, 'charge').length])),
  };
};

async function main() {
  themed();
  listen();
  requestAnimationFrame(frame);
  await listRecordings();
  const wanted = new URLSearchParams(location.search).get('recording');
  if (wanted) await openRecording(wanted);
  live({ hello, events, down, none });
}

main();
