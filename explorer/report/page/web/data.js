// The data of the page: tables of columns, as explorer/report/page/page_parts.h describes them.
import { formatter } from './format.js';

// A column of a table. value(i): what the database has, null where it has nothing. number(i): the same as a number, NaN
// where there is none. rank(i): the place of the value among the distinct ones (-1: none).
class Column {
  constructor(name, about, packed, n) {
    Object.assign(
      this,
      { kind: 'result', title: name.replaceAll('_', ' '), label: name.replaceAll('_', ' '), scale: 1, better: 0 },
      about,
    );
    this.name = name;
    this.n = n;
    this.unpack(packed);
    this.format = formatter(this);
  }

  unpack(packed) {
    if (packed.same) {
      this.words = packed.same;
      this.codes = new Int32Array(this.n);
    } else if (packed.words) {
      this.words = packed.words;
      this.codes = Int32Array.from(packed.of);
    } else this.list = packed.list;
    const value = this.list ? (i) => this.list[i] : (i) => (this.codes[i] < 0 ? null : this.words[this.codes[i]]);
    this.value = value;
    this.isNumber = this.number ?? false;
    this.numbers = new Float64Array(this.n);
    for (let i = 0; i < this.n; i++) {
      const v = value(i);
      this.numbers[i] = this.isNumber && v !== null ? v : NaN;
    }
  }

  // distinct: the values, sorted; without those that are missing.
  get distinct() {
    if (!this.words) this.index();
    return this.words;
  }

  rank(i) {
    return (this.codes ?? this.index())[i];
  }

  index() {
    this.words = [...new Set(this.list)].filter((v) => v !== null).sort((a, b) => a - b);
    const place = new Map(this.words.map((v, k) => [v, k]));
    return (this.codes = Int32Array.from(this.list, (v) => place.get(v) ?? -1));
  }

  get varies() {
    return this.distinct.length > 1;
  }

  // range: the least and the greatest number.
  get range() {
    const words = this.distinct;
    return [words[0], words[words.length - 1]];
  }

  text(i) {
    return this.format(this.value(i));
  }
}

export class Table {
  constructor(packed, about) {
    this.n = packed.rows;
    this.columns = Object.entries(packed.columns).map(([name, c]) => new Column(name, about[name] ?? {}, c, this.n));
    this.byName = new Map(this.columns.map((c) => [c.name, c]));
  }

  // column: undefined if no row has a value in it.
  column(name) {
    return this.byName.get(name);
  }

  // groups: Map from each value of a column to the rows that have it.
  groups(name) {
    const rows = new Map();
    const column = this.column(name);
    for (let i = 0; column && i < this.n; i++) {
      const value = column.value(i);
      if (!rows.has(value)) rows.set(value, []);
      rows.get(value).push(i);
    }
    return rows;
  }
}

// readReport: all that the page knows. A role is the column of `designs` that has it.
export function readReport(text) {
  const raw = JSON.parse(text);
  const plain = Object.fromEntries(['sweeps', 'made', 'failed'].map((name) => [name, new Table(raw[name], {})]));
  return {
    ...plain,
    about: raw.about,
    roles: raw.roles,
    budgets: raw.budgets,
    objectives: raw.objectives,
    importance: raw.importance,
    designs: new Table(raw.designs, raw.columns),
    trainings: new Table(raw.trainings, raw.columns_of_seeds),
    curves: new Table(raw.curves, raw.columns_of_epochs),
    rounds: new Table(raw.rounds, raw.columns_of_rounds),
  };
}
