// A small window beside a button: Escape or a click elsewhere closes it, and the keyboard goes back to the button.
import { h } from './dom.js';

let close = null;

export function popover(button, title, ...content) {
  close?.();
  const element = h('div.popover', { role: 'dialog', ariaLabel: title }, ...content);
  document.body.append(element);
  place(element, button);
  const outside = (event) => {
    if (!element.contains(event.target) && !button.contains(event.target)) close();
  };
  const escape = (event) => {
    if (event.key === 'Escape') close();
  };
  close = () => {
    element.remove();
    document.removeEventListener('pointerdown', outside);
    document.removeEventListener('keydown', escape);
    close = null;
    if (button.isConnected) button.focus();
  };
  document.addEventListener('pointerdown', outside);
  document.addEventListener('keydown', escape);
  element.querySelector('input, button, select')?.focus();
  return { element, close: () => close?.() };
}

function place(element, button) {
  const at = button.getBoundingClientRect();
  const width = element.offsetWidth;
  const left = Math.max(8, Math.min(at.left, document.documentElement.clientWidth - width - 8));
  element.style.left = `${left + scrollX}px`;
  element.style.top = `${at.bottom + scrollY + 4}px`;
}
