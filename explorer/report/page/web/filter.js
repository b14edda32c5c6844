// Filters of columns. A filter is {in: [value, …]} (null: no value), {low, high} (either may be missing), or
// {has: 'text'}; all in the unit of the database, so that it is also an expression for `--where`.

// rangeFilter: of a span, whose open ends are infinite.
export function rangeFilter([low, high]) {
  return { ...(Number.isFinite(low) && { low }), ...(Number.isFinite(high) && { high }) };
}

// lower: as SQLite's LIKE sees letters: those of ASCII without case.
const lower = (text) => text.replace(/[A-Z]/g, (c) => c.toLowerCase());

function testOf(column, filter) {
  if (filter.in) {
    const ranks = new Set(filter.in.map((v) => (v === null ? -1 : column.distinct.indexOf(v))));
    return (i) => ranks.has(column.rank(i));
  }
  if (filter.has !== undefined) {
    const wanted = lower(filter.has);
    const good = column.distinct.map((v) => lower(String(v)).includes(wanted));
    return (i) => column.rank(i) >= 0 && good[column.rank(i)];
  }
  const low = filter.low ?? -Infinity,
    high = filter.high ?? Infinity;
  return (i) => column.numbers[i] >= low && column.numbers[i] <= high;
}

// passing: the rows that pass all filters (a Map by column name), as Int32Array in their order.
export function passing(table, filters) {
  const tests = [...filters].map(([name, filter]) => testOf(table.column(name), filter));
  const rows = new Int32Array(table.n);
  let n = 0;
  for (let i = 0; i < table.n; i++) if (tests.every((test) => test(i))) rows[n++] = i;
  return rows.subarray(0, n);
}

const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
const literal = (v) => (typeof v === 'number' ? String(v) : quoted(v));

function sqlOf(name, filter) {
  if (filter.in) {
    const values = filter.in.filter((v) => v !== null).map(literal);
    const listed =
      values.length === 1 ? `${name} = ${values[0]}` : values.length > 1 ? `${name} IN (${values.join(', ')})` : '';
    const missing = filter.in.includes(null) ? `${name} IS NULL` : '';
    return listed && missing ? `(${listed} OR ${missing})` : listed || missing || '0';
  }
  if (filter.has !== undefined) {
    const pattern = filter.has.replace(/[\\%_]/g, '\\$&');
    return `${name} LIKE ${quoted(`%${pattern}%`)} ESCAPE '\\'`;
  }
  const bounds = [];
  if (filter.low !== undefined) bounds.push(`${name} >= ${filter.low}`);
  if (filter.high !== undefined) bounds.push(`${name} <= ${filter.high}`);
  return bounds.join(' AND ');
}

// whereOf: all filters as an SQL expression; '' if there are none.
export function whereOf(filters) {
  return [...filters].map(([name, filter]) => sqlOf(name, filter)).join(' AND ');
}

// describe: a filter in words, for people.
export function describe(column, filter) {
  const text = (v) => (v === null ? 'no value' : column.format(v));
  if (filter.in) return filter.in.length > 4 ? `${filter.in.length} values` : filter.in.map(text).join(', ');
  if (filter.has !== undefined) return `has “${filter.has}”`;
  if (filter.low === undefined) return `≤ ${text(filter.high)}`;
  if (filter.high === undefined) return `≥ ${text(filter.low)}`;
  return `${text(filter.low)} – ${text(filter.high)}`;
}
