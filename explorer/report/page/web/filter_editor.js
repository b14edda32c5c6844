// The window in which a reader sets the filter of one column.
import { h } from './dom.js';
import { plainNumber } from './format.js';
import { passing, rangeFilter } from './filter.js';
import { popover } from './popover.js';
import { rangeOf } from './range.js';

const MOST_LISTED = 40; // values with a box each; of results that are numbers:
const MOST_RESULTS = 12;

export function editFilter(model, column, button) {
  const words = column.distinct;
  const listed = words.length <= (column.isNumber && column.kind === 'result' ? MOST_RESULTS : MOST_LISTED);
  const body = listed ? valueList(model, column) : column.isNumber ? bounds(model, column) : search(model, column);
  const all = h('button.quiet', { onclick: () => (model.filter(column.name, null), window.close()) }, 'No filter');
  const window = popover(
    button,
    `Filter by ${column.title}`,
    h('h3', {}, column.label),
    column.about && h('p.note', {}, column.about),
    body,
    h('div.actions', {}, all),
  );
}

// counts: how many rows each value would have, with the other filters as they are.
function counts(model, column) {
  const others = new Map(model.chosen.filters);
  others.delete(column.name);
  const n = new Map();
  for (const i of passing(model.designs, others)) n.set(column.rank(i), (n.get(column.rank(i)) ?? 0) + 1);
  return n;
}

function valueList(model, column) {
  const filter = model.chosen.filters.get(column.name);
  const missing = model.designs.n > 0 && Array.from({ length: column.n }, (_, i) => column.rank(i)).includes(-1);
  const values = [...column.distinct, ...(missing ? [null] : [])];
  const n = counts(model, column);
  const on = (v) =>
    !filter ||
    (filter.in
      ? filter.in.includes(v)
      : v !== null && v >= (filter.low ?? -Infinity) && v <= (filter.high ?? Infinity));
  const boxes = values.map((v) => h('input', { type: 'checkbox', checked: on(v), onchange: () => apply() }));
  const apply = () => {
    const chosen = values.filter((_, k) => boxes[k].checked);
    model.filter(column.name, chosen.length === values.length ? null : { in: chosen });
  };
  const only = (k) => {
    boxes.forEach((box, other) => (box.checked = other === k));
    apply();
  };
  return h(
    'ul.values',
    {},
    values.map((v, k) =>
      h(
        'li',
        {},
        h(
          'label',
          {},
          boxes[k],
          h('span', {}, v === null ? 'no value' : column.format(v)),
          h('span.count', {}, plainNumber(n.get(v === null ? -1 : k) ?? 0)),
        ),
        h('button.quiet', { onclick: () => only(k) }, 'only'),
      ),
    ),
  );
}

function bounds(model, column) {
  const { low = -Infinity, high = Infinity } = model.chosen.filters.get(column.name) ?? {};
  return rangeOf(column, [low, high], (span) => model.filter(column.name, span && rangeFilter(span)));
}

function search(model, column) {
  const filter = model.chosen.filters.get(column.name);
  return h('input', {
    type: 'search',
    value: filter?.has ?? '',
    placeholder: 'text in it',
    ariaLabel: `${column.title} has`,
    oninput: (event) => model.filter(column.name, event.target.value === '' ? null : { has: event.target.value }),
  });
}
