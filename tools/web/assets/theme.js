// Light or dark: as the system has it, until somebody presses the button.
import { get, say } from './dom.js';

export function toggleTheme() {
  const dark = document.documentElement.dataset.theme === 'dark';
  setTheme(dark ? 'light' : 'dark');
  try {
    localStorage.setItem('theme', dark ? 'light' : 'dark');
  } catch { /* the choice is not kept then */ }
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  say(get('theme'), theme === 'dark' ? 'light' : 'dark');
}

export function themed() {
  const system = matchMedia('(prefers-color-scheme: dark)');
  let kept = null;
  try {
    kept = localStorage.getItem('theme');
  } catch { /* a page without storage follows the system */ }
  setTheme(kept ?? (system.matches ? 'dark' : 'light'));
  system.addEventListener('change', () => kept ?? setTheme(system.matches ? 'dark' : 'light'));
  get('theme').addEventListener('click', toggleTheme);
}
