// @ts-check
// el makes an element. What is data goes into text and attributes, never into markup.
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

// svg makes an element of a drawing.
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function fill(e, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) e.setAttribute(name, value === true ? '' : value);
  }
  e.append(...children);
  return e;
}

export const get = (id) => document.getElementById(id);

export function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

const shown = new WeakMap();

// keep replaces what is in root only when the key has changed.
export function keep(root, key, make) {
  if (shown.get(root) === key) return;
  shown.set(root, key);
  root.replaceChildren(...make());
}
