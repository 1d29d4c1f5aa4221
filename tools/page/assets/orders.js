// The list of orders. Five hundred stay smooth: a cell is touched only when its order has changed.
import { status, verdict, effectsOf, stuckOf, isOrder, nameOf, versionOfOrder } from './model.js';
import { el, get, say } from './dom.js';
import { many } from './words.js';

const letters = { PENDING: 'PE', PAID: 'PA', SHIPPED: 'SH', COMPLETED: 'CO', FAILED: 'FA', CANCELLED: 'CA', running: 'ru', done: 'do', paused: 'pz', asked: 'as' };
const FEW = 16;

export function makeOrders(choose) {
  const list = get('orders');
  const cells = new Map();
  let compact = false;
  let several = false; // versions of the program
  let made = 0;
  let current = null;
  list.addEventListener('click', (e) => {
    const cell = e.target.closest('[data-order]');
    if (cell) choose(cell.dataset.order);
  });

  function show(state, changed, selected) {
    const was = compact;
    const had = several;
    compact = state.subjects.size > FEW;
    several = state.versions.size > 1;
    list.classList.toggle('compact', compact);
    list.classList.toggle('several', several);
    for (const id of was === compact && had === several ? changed : state.subjects.keys()) {
      const s = state.subjects.get(id);
      if (s) paint(s, versionOfOrder(state, s));
    }
    if (cells.size > state.subjects.size) drop(state);
    select(selected);
    summary(state);
  }

  // A call whose caller became known is drawn with that.
  function drop(state) {
    for (const [id, cell] of cells) {
      if (state.subjects.has(id)) continue;
      cell.remove();
      cells.delete(id);
    }
  }

  function paint(s, version) {
    let cell = cells.get(s.id);
    if (!cell) {
      cell = el('li', { role: 'option', id: `cell-${++made}`, 'data-order': s.id, 'aria-selected': 'false' },
        el('span', { class: 'cell-id' }, s.id), ' ', el('span', { class: 'cell-how' }));
      cells.set(s.id, cell);
      list.append(cell);
    }
    const name = nameOf(s);
    say(cell.firstChild, name);
    const how = status(s) || 'new';
    const twice = verdict(s)?.kind === 'twice';
    const n = effectsOf(s, 'charge').length;
    const stuck = how !== 'paused' && stuckOf(s).length ? stuckOf(s)[0].stuck.status : '';
    cell.dataset.status = how;
    cell.dataset.version = version;
    cell.classList.toggle('twice', twice);
    cell.classList.toggle('stuck', !!stuck);
    cell.setAttribute('aria-label', `${name}: ${how}${stuck ? `, ${stuck}` : ''}${twice ? `, charged ${n} times` : ''}${version ? `, version ${version}` : ''}`);
    cell.title = `${name}: ${how}`;
    say(cell.lastChild, (compact ? letters[how] ?? how.slice(0, 2) : how) + (stuck ? (compact ? ' …' : `, ${stuck}`) : '') + (twice ? (compact ? ` ${n}!` : `, charged ${n} times!`) : '') + (version ? ` v${version}` : ''));
  }

  function select(selected) {
    if (selected === current) return;
    cells.get(current)?.setAttribute('aria-selected', 'false');
    const cell = cells.get(selected);
    current = cell ? selected : null;
    if (!cell) return list.removeAttribute('aria-activedescendant');
    cell.setAttribute('aria-selected', 'true');
    list.setAttribute('aria-activedescendant', cell.id);
    reveal(cell);
  }

  // Not scrollIntoView, which would move the page as well.
  function reveal(cell) {
    if (cell.offsetTop < list.scrollTop) list.scrollTop = cell.offsetTop;
    const low = cell.offsetTop + cell.offsetHeight - list.clientHeight;
    if (low > list.scrollTop) list.scrollTop = low;
  }

  function summary(state) {
    const all = [...state.subjects.values()];
    const some = all.some(isOrder) ? all.filter(isOrder) : all;
    const others = all.length - some.length;
    const counts = new Map();
    for (const s of some) counts.set(status(s) || 'new', (counts.get(status(s) || 'new') ?? 0) + 1);
    const parts = [...counts].map(([how, n]) => `${n} ${how}${compact ? ` (${letters[how] ?? how.slice(0, 2)})` : ''}`);
    say(get('orders-sum'), all.length ? `${many(some.length, all.some(isOrder) ? 'order' : 'call')}: ${parts.join(', ')}${others ? `; ${many(others, 'other call')}` : ''}` : 'no order yet');
  }

  function clear() {
    cells.clear();
    current = null;
    list.replaceChildren();
    list.removeAttribute('aria-activedescendant');
  }

  return { show, clear };
}
