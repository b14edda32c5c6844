// A design in a few lines: for the tooltip of a figure.
import { h } from './dom.js';

const MOST_LINES = 12;

export function summary(model, i) {
  const { x, y, colour, columns } = model.chosen;
  const point = model.column(model.report.roles.point);
  const names = [...new Set([x, y, colour, ...columns])].filter((name) => name && name !== point?.name);
  const filled = names
    .map((name) => model.column(name))
    .filter((c) => c && c.value(i) !== null)
    .slice(0, MOST_LINES);
  return h(
    'div.summary',
    {},
    h('strong', {}, point?.text(i) ?? ''),
    h(
      'table',
      {},
      filled.map((c) => h('tr', {}, h('th', {}, c.label), h('td', {}, c.text(i)))),
    ),
  );
}
