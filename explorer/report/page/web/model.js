// What the reader has chosen, and what follows from it: the rows that pass, those on the front, those selected.
import { passing, whereOf } from './filter.js';
import { frontOf } from './front.js';

const MOST_AXES = 7; // of the parallel coordinates to begin with
const MOST_COLOURS = 8; // distinct values up to which a column is a good first colour

// first: what the page shows before anybody chose anything.
function first(report) {
  const { designs, roles } = report;
  const results = designs.columns.filter((c) => c.kind === 'result' && c.isNumber && c.better !== 0 && c.varies);
  const wanted = report.objectives.map((name) => designs.column(name)).filter((c) => c?.varies);
  const objectives = [...wanted, ...results.filter((c) => !wanted.includes(c))].slice(0, 2);
  const numbers = designs.columns.filter((c) => c.isNumber);
  const axes = designs.columns.filter((c) => c.kind === 'axis' && c.varies && !isEcho(c, designs));
  const colour = axes.find((c) => c.distinct.length <= MOST_COLOURS);
  const [x, y] = [...objectives, ...numbers.filter((c) => !objectives.includes(c))];
  const names = (columns) => columns.filter(Boolean).map((c) => c.name);
  return {
    filters: new Map(),
    x: x?.name ?? roles.point,
    y: y?.name ?? roles.point,
    logarithmic: new Set(names([x, y].filter((c) => c?.logarithmic))),
    colour: colour?.name ?? '',
    shape: colour?.name ?? '',
    size: '',
    bars: true,
    objectives: null, // [{name, better}]; null: the two axes of the figure
    columns: names([
      designs.column(roles.point),
      ...axes,
      ...boundsOf(objectives, designs),
      designs.column(roles.seeds),
      designs.column(roles.fits),
    ]),
    sort: { name: y?.name ?? roles.point, down: (y?.better ?? 0) > 0 },
    parallel: names([...axes.slice(0, MOST_AXES - 2), ...objectives]),
    spans: new Map(), // what is selected: name of a column: [low, high]; of words their ranks
  };
}

// isEcho: an axis that says no more than an axis before it: its values stand one to one beside those.
function isEcho(column, designs) {
  const before = designs.columns.slice(0, designs.columns.indexOf(column));
  return before.some((c) => c.kind === 'axis' && c.varies && sameParts(c, column));
}

function sameParts(a, b) {
  if (a.distinct.length !== b.distinct.length) return false;
  const there = new Map(),
    back = new Map();
  for (let i = 0; i < a.n; i++) {
    const x = a.rank(i),
      y = b.rank(i);
    if ((there.get(x) ?? y) !== y || (back.get(y) ?? x) !== x) return false;
    there.set(x, y);
    back.set(y, x);
  }
  return true;
}

// boundsOf: the columns, each with those of its interval behind it.
function boundsOf(columns, designs) {
  return columns.flatMap((c) => [c, designs.column(c.low), designs.column(c.high)]);
}

export class Model {
  constructor(report) {
    this.report = report;
    this.designs = report.designs;
    this.task = report.designs.column(report.roles.task);
    this.start = first(report);
    this.chosen = first(report);
    this.listeners = [];
    this.derive();
  }

  listen(listener) {
    this.listeners.push(listener);
  }

  // choose: takes over what is given, derives the rest, and tells all views which choices changed.
  choose(changes) {
    Object.assign(this.chosen, changes);
    this.derive();
    const names = new Set(Object.keys(changes));
    for (const listener of this.listeners) listener(names);
  }

  column(name) {
    return this.designs.column(name);
  }

  // objectives: what the front is of. An axis of which neither more nor less is better makes none.
  get objectives() {
    const list =
      this.chosen.objectives ??
      [this.chosen.x, this.chosen.y].map((name) => ({ name, better: this.column(name)?.better }));
    const known = list.map((o) => ({ column: this.column(o.name), better: o.better }));
    return known.every((o) => o.column?.isNumber && o.better) && known.length > 0 ? known : [];
  }

  derive() {
    this.shown = passing(this.designs, this.chosen.filters);
    this.fronts = frontOf(this.objectives, this.shown, this.task);
    this.front = new Set(this.fronts.flat());
    this.selected = this.selection();
  }

  // selection: a Set of rows, or null if nothing is marked.
  selection() {
    const tests = [...this.chosen.spans].map(([name, span]) => within(this.column(name), span));
    return tests.length > 0 ? new Set(this.shown.filter((i) => tests.every((test) => test(i)))) : null;
  }

  filter(name, filter) {
    const filters = new Map(this.chosen.filters);
    if (filter) filters.set(name, filter);
    else filters.delete(name);
    this.choose({ filters, ...this.unmarked });
  }

  // select: {name: [low, high]} adds a span, {name: null} ends it.
  select(changes) {
    const spans = new Map(this.chosen.spans);
    for (const [name, span] of Object.entries(changes))
      if (span) spans.set(name, span);
      else spans.delete(name);
    this.choose({ spans });
  }

  get unmarked() {
    return { spans: new Map() };
  }

  get where() {
    return [this.report.about.where && `(${this.report.about.where})`, whereOf(this.chosen.filters)]
      .filter(Boolean)
      .join(' AND ');
  }
}

// coordinate: where a row stands on an axis: its number, or the rank of its word.
export function coordinate(column, i) {
  if (column.isNumber) return column.numbers[i];
  const rank = column.rank(i);
  return rank < 0 ? NaN : rank;
}

function within(column, [low, high]) {
  return (i) => {
    const v = coordinate(column, i);
    return v >= low && v <= high;
  };
}
