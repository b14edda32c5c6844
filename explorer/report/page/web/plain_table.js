// A table of few rows, which scrolls sideways where it is too wide.
import { h } from './dom.js';

const LONG = 40; // letters of a text that is broken into lines

// plainTable: columns: [{title, about, number}]; rows: for each a list of texts or elements. here: the row to be marked.
export function plainTable(columns, rows, here) {
  const look = (column, cell) => (column.number ? '.number' : cell.length > LONG ? '.long' : '');
  const head = ({ title, about, number }) => h(`th${number ? '.number' : ''}`, { scope: 'col', title: about }, title);
  return h(
    'div.scroll',
    {},
    h(
      'table.plain',
      {},
      h('thead', {}, h('tr', {}, columns.map(head))),
      h(
        'tbody',
        {},
        rows.map((cells, i) =>
          h(
            i === here ? 'tr.here' : 'tr',
            {},
            cells.map((cell, k) => h(`td${look(columns[k], cell)}`, {}, cell)),
          ),
        ),
      ),
    ),
  );
}
