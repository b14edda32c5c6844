// The table of designs. Only the rows in view are elements, so that it stays quick with many.
import { h, replace } from './dom.js';

const ROW = 26; // pixels; page.css has the same
const SPARE = 4; // rows above and below the view
const SAMPLE = 200; // values that say how wide a column is
const MOST_LETTERS = 30;

// byRank: the rows in the order of a column's values, by counting: the column knows the place of each value.
function byRank(rows, column, down) {
  const values = column.distinct.length;
  const place = (i) => (column.rank(i) < 0 ? values : down ? values - 1 - column.rank(i) : column.rank(i));
  const starts = new Int32Array(values + 2);
  for (const i of rows) starts[place(i) + 1]++;
  for (let k = 1; k < starts.length; k++) starts[k] += starts[k - 1];
  const sorted = new Int32Array(rows.length);
  for (const i of rows) sorted[starts[place(i)]++] = i;
  return sorted;
}

// lettersOf: the width of a column. It is the same for all rows, so that no column moves while the reader scrolls.
const widths = new Map();
function lettersOf(column) {
  if (!widths.has(column)) {
    const step = Math.ceil(column.distinct.length / SAMPLE);
    const texts = column.distinct.filter((_, k) => k % step === 0).map((v) => column.format(v).length);
    const head = Math.max(
      ...column.label.split(' ').map((word) => word.length),
      Math.min(12, column.label.length / 2 + 1),
    );
    widths.set(column, Math.min(MOST_LETTERS, Math.max(...texts, head)));
  }
  return widths.get(column);
}

export class Grid {
  constructor(model, open, editFilter) {
    Object.assign(this, { model, open, editFilter });
    this.widths = h('colgroup', {});
    this.head = h('thead', {});
    this.above = h('td', { ariaHidden: true });
    this.below = h('td', { ariaHidden: true });
    this.body = h('tbody', {});
    this.table = h(
      'table.grid',
      { role: 'grid' },
      this.widths,
      this.head,
      h('tbody', { ariaHidden: true }, h('tr', {}, this.above)),
      this.body,
      h('tbody', { ariaHidden: true }, h('tr', {}, this.below)),
    );
    this.element = h('div.grid-frame', { tabIndex: 0, role: 'region', 'aria-label': 'Designs' }, this.table);
    this.element.addEventListener('scroll', () => {
      this.look();
      requestAnimationFrame(() => this.fillView());
    });
    this.element.addEventListener('keydown', (event) => this.key(event));
    this.at = 0; // the row that the keyboard stands on
    this.top = this.height = 0; // of the view, in pixels
  }

  // look: where the view is. Only here the browser is asked for it, because it lays out the page to answer.
  look() {
    this.top = this.element.scrollTop;
  }

  draw() {
    const { columns, sort } = this.model.chosen;
    this.columns = columns.map((name) => this.model.column(name)).filter(Boolean);
    this.rows = this.sorted();
    this.at = Math.min(this.at, Math.max(0, this.rows.length - 1));
    this.table.setAttribute('aria-rowcount', this.rows.length + 1);
    replace(
      this.widths,
      this.columns.map((c) => h('col', { style: { width: `calc(${lettersOf(c)}ch + 34px)` } })),
    );
    replace(
      this.head,
      h(
        'tr',
        {},
        this.columns.map((c) => this.headOf(c, sort)),
      ),
    );
    const room = Math.max(300, Math.round(0.62 * innerHeight));
    this.height = Math.min(this.rows.length * ROW + 44, room);
    this.top = Math.max(0, Math.min(this.top, this.rows.length * ROW + 44 - this.height));
    this.element.style.height = `${this.height}px`;
    this.fillView(true);
  }

  // sorted: the rows that are shown, or those of them that are selected, in order. Rows without a value come last.
  sorted() {
    const { shown, selected, chosen } = this.model;
    const rows = selected ? shown.filter((i) => selected.has(i)) : shown;
    const column = this.model.column(chosen.sort.name);
    return column ? byRank(rows, column, chosen.sort.down) : rows;
  }

  headOf(column, sort) {
    const sorted = sort.name === column.name;
    const filtered = this.model.chosen.filters.has(column.name);
    const next = { name: column.name, down: sorted ? !sort.down : column.better > 0 };
    return h(
      `th${column.isNumber ? '.number' : ''}`,
      { scope: 'col', ariaSort: sorted ? (sort.down ? 'descending' : 'ascending') : 'none' },
      h(
        'button.sort',
        { title: column.about ?? column.title, onclick: () => this.model.choose({ sort: next }) },
        column.label,
        h('span.arrow', { ariaHidden: true }, sorted ? (sort.down ? '↓' : '↑') : ''),
      ),
      h(
        `button.funnel${filtered ? '.on' : ''}`,
        {
          title: `Filter by ${column.title}`,
          ariaLabel: `Filter by ${column.title}`,
          onclick: (event) => this.editFilter(column, event.currentTarget),
        },
        filtered ? '▼' : '▽',
      ),
    );
  }

  // fillView: elements for the rows in view.
  fillView(anew = false) {
    const from = Math.max(0, Math.floor(this.top / ROW) - SPARE);
    const to = Math.min(this.rows.length, Math.ceil((this.top + this.height) / ROW) + SPARE);
    if (anew || from !== this.from || to !== this.to) this.fill(from, to);
  }

  fill(from, to) {
    Object.assign(this, { from, to });
    this.above.style.height = `${from * ROW}px`;
    this.below.style.height = `${Math.max(0, this.rows.length - to) * ROW}px`;
    replace(
      this.body,
      Array.from(this.rows.subarray(from, to), (i, k) => this.rowOf(i, from + k)),
    );
  }

  rowOf(i, place) {
    const { front } = this.model;
    const classes = `${front.has(i) ? '.on-front' : ''}${place === this.at ? '.here' : ''}`;
    return h(
      `tr${classes}`,
      { 'aria-rowindex': place + 2, onclick: () => this.open(i) },
      this.columns.map((c) => this.cellOf(c, i)),
    );
  }

  cellOf(column, i) {
    const text = column.text(i);
    if (column.name === this.model.report.roles.point)
      return h(
        'td',
        {},
        h(
          'a',
          { href: `#point/${encodeURIComponent(text)}`, tabIndex: -1, onclick: (event) => event.stopPropagation() },
          text,
        ),
      );
    return h(`td${column.isNumber ? '.number' : ''}`, { title: text.length > 24 ? text : '' }, text);
  }

  key(event) {
    const page = Math.floor(this.element.clientHeight / ROW) - 2;
    const steps = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -this.rows.length,
      End: this.rows.length,
    };
    if (event.target.closest('button, a')) return;
    if (event.key === 'Enter' && this.rows.length > 0) this.open(this.rows[this.at]);
    if (!(event.key in steps)) return;
    event.preventDefault();
    this.at = Math.max(0, Math.min(this.rows.length - 1, this.at + steps[event.key]));
    const top = this.at * ROW,
      view = this.element;
    if (top < view.scrollTop) view.scrollTop = top;
    if (top + 3 * ROW > view.scrollTop + view.clientHeight) view.scrollTop = top + 3 * ROW - view.clientHeight;
    this.look();
    this.fillView(true);
  }
}
