// @ts-check
// Where events come from: the server, as they happen, or a recording.

export function live({ hello, events, down, none }) {
  let source;
  const open = () => {
    source = new EventSource('events');
    source.addEventListener('hello', (e) => {
      down(false);
      hello(JSON.parse(e.data));
    });
    source.onmessage = (e) => events(JSON.parse(e.data));
    source.onopen = () => down(false);
    source.onerror = async () => {
      if (source.readyState !== EventSource.CLOSED) return down(true);
      if (await missing()) return none();
      down(true);
      setTimeout(open, 2000);
    };
  };
  open();
}

// EventSource does not say why it gave up.
async function missing() {
  const stop = new AbortController();
  try {
    return (await fetch('events', { signal: stop.signal })).status === 404;
  } catch {
    return false;
  } finally {
    stop.abort();
  }
}

export async function recordings() {
  try {
    const answer = await fetch('recordings');
    return answer.ok ? await answer.json() : [];
  } catch {
    return [];
  }
}

export async function recording(name) {
  const answer = await fetch(`recordings/${encodeURIComponent(name)}`);
  if (!answer.ok) throw new Error(`there is no recording called ${name}`);
  return parse(await answer.text());
}

// parse reads a recording: one event a line, in any order.
export function parse(text) {
  const lines = text.split('\n').filter((l) => l.trim());
  const events = lines.map((line, i) => {
    const event = object(line);
    if (!event || typeof event.what !== 'string' || Number.isNaN(Date.parse(event.t))) throw new Error(`line ${i + 1} is not an event`);
    return event;
  });
  if (!events.length) throw new Error('there is no event in it');
  return events.sort((a, b) => Date.parse(a.t) - Date.parse(b.t));
}

function object(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

// lead is how long a recording runs before its first order, in ms.
const lead = 300;

// player keeps the time of a recording. start hands out an empty state, take an event.
export function player(events, { start, take }) {
  const times = events.map((e) => Date.parse(e.t));
  // What was before the first order only says how things stood.
  const begin = events.findIndex((e) => e.subject);
  const first = times[Math.max(begin, 0)] - lead;
  const last = times.at(-1);
  const p = { first, last, t: first, speed: 1, playing: false, next: 0 };

  p.seek = (t) => {
    const to = Math.min(Math.max(t, first), last);
    if (to < p.t || p.next === 0) {
      start();
      p.next = 0;
    }
    p.t = to;
    while (p.next < events.length && times[p.next] <= to) take(events[p.next++]);
    if (to >= last) p.playing = false;
  };
  p.tick = (ms) => p.playing && p.seek(p.t + ms * p.speed);
  p.play = (on = !p.playing) => {
    if (on && p.t >= last) p.seek(first);
    p.playing = on;
  };
  p.step = () => {
    p.playing = false;
    p.seek(times[p.next] ?? last);
  };
  p.end = () => p.seek(last);
  p.seek(first);
  return p;
}
