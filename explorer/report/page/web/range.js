// Two fields for the ends of a range of a column: numbers in the unit of its label, or words to choose from.
import { h } from './dom.js';

const OPEN = [-Infinity, Infinity];

// rangeOf: span: [low, high] in the unit of the database, or ranks of words; an open end is infinite, and a range that is
// open at both ends null. change: is given the next span.
export function rangeOf(column, span, change) {
  const field = column.isNumber ? number : word;
  const apply = () => {
    const next = fields.map((f) => f.read());
    change(next.some(Number.isFinite) ? next : null);
  };
  const fields = ['from', 'to'].map((end, k) => field(column, (span ?? OPEN)[k], `${column.title} ${end}`, k, apply));
  return h('div.bounds', {}, fields[0].element, '–', fields[1].element);
}

function number(column, v, ariaLabel, end, onchange) {
  const value = Number.isFinite(v) ? String(Number((v * column.scale).toPrecision(12))) : '';
  const placeholder = column.format(column.range[end]);
  const element = h('input', { type: 'number', step: 'any', value, placeholder, ariaLabel, onchange });
  return { element, read: () => (element.value === '' ? OPEN[end] : Number(element.value) / column.scale) };
}

function word(column, v, ariaLabel, end, onchange) {
  const rank = end === 0 ? Math.ceil(v) : Math.floor(v);
  const options = column.distinct.map((text, k) => h('option', { value: k, selected: k === rank }, String(text)));
  const element = h(
    'select',
    { ariaLabel, onchange },
    h('option', { value: '' }, end === 0 ? 'first' : 'last'),
    options,
  );
  return { element, read: () => (element.value === '' ? OPEN[end] : Number(element.value)) };
}
