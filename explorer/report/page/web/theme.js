// Light, dark, or as the system is.
import { h } from './dom.js';

const NAMES = { '': 'Auto', light: 'Light', dark: 'Dark' };

export function themeSwitch(redraw) {
  const root = document.documentElement;
  const choose = (name) => {
    if (name) root.dataset.theme = name;
    else delete root.dataset.theme;
    redraw();
  };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  return h(
    'label.theme',
    {},
    h('span', {}, 'Colours'),
    h(
      'select',
      { onchange: (event) => choose(event.target.value) },
      Object.entries(NAMES).map(([name, title]) => h('option', { value: name }, title)),
    ),
  );
}
