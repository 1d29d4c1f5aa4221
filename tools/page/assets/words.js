// @ts-check
// The words that several parts of the page share. No DOM.

export const seconds = (ms, digits = 1) => `${(ms / 1000).toFixed(digits)} s`;
export const at = (ms) => `t = ${(ms / 1000).toFixed(3)} s`;

// Both ends stay, since keys made by hand often begin alike.
export function shortKey(key = '') {
  const r = [...key];
  return r.length <= 8 ? key : r.slice(0, 4).join('') + '…' + r.slice(-3).join('');
}

export const short = (text = '', n = 60) => (text.length <= n ? text : text.slice(0, n - 1) + '…');

export const bad = (how = '') => /^(error|killed|server killed|cut|broken off)/.test(how);

export function ending(how = '') {
  if (how === 'server killed') return 'Restate was killed';
  if (how === 'suspended') return 'suspended: the handler waits';
  return how;
}

export function unitWords(name, how, leads = false) {
  if (how === 'up' && leads) return `${name} up, leads`;
  if (how === 'up' || how === 'removed') return `${name} ${how}`;
  if (/kill/i.test(how)) return `${name} killed`;
  return `${name} down: ${short(how, 30)}`;
}

const outside = {
  charge: 'gateway', lookup: 'gateway', refund: 'gateway', void: 'gateway',
  ship: 'carrier', mail: 'mail', reserve: 'warehouse', price: 'warehouse',
};
export const party = (kind) => outside[kind] ?? 'outside';

const deeds = {
  charge: 'charged', refund: 'refunded', void: 'key voided', ship: 'shipped', mail: 'email sent', reserve: 'reserved',
};
export const deed = (kind) => deeds[kind] ?? `${kind} done`;

// What each version has to do, in sentences, the newest version first.
export function versionWords(versions) {
  return [...versions].reverse().map(([n, v], i) => {
    if (i === 0) return `Version ${n} serves new calls.`;
    if (v.how === 'removed') return `Version ${n} is removed.`;
    return v.open ? `Version ${n} still has ${many(v.open, 'invocation')}, so its program keeps running.` : `Version ${n} is drained: all its invocations have ended.`;
  }).join(' ');
}

export const times = (n) => (n === 1 ? 'once' : n === 2 ? 'twice' : `${n} times`);
export const many = (n, word) => `${n} ${word}${n === 1 ? '' : 's'}`;
