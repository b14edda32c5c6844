// Numbers as people read them: one number of decimals for a column, thousands apart.
const THIN = '\u202f';

// grouped: a decimal text with thin spaces between its thousands.
function grouped(text) {
  const [whole, ...rest] = text.split('.');
  const spaced = whole.replace(/\B(?=(\d{3})+(?!\d))/g, THIN);
  return [spaced.length > whole.length + 1 || whole.replace('-', '').length > 4 ? spaced : whole, ...rest].join('.');
}

export function plainNumber(v) {
  const size = Math.abs(v);
  if (v !== 0 && (size >= 1e15 || size < 1e-5)) return v.toExponential().replace('-', '\u2212');
  return grouped(String(Number(v.toPrecision(12)))).replace('-', '\u2212');
}

function decimalsOf(column) {
  const [low, high] = column.range;
  const greatest = Math.max(Math.abs(low), Math.abs(high)) * column.scale;
  return greatest > 0 ? Math.min(8, Math.max(0, 3 - Math.floor(Math.log10(greatest)))) : 0;
}

// formatter: the function that makes a value of the column a text, in the unit of column.label.
export function formatter(column) {
  let decimals;
  return (v) => {
    if (v === null || v === undefined) return '';
    if (typeof v !== 'number') return String(v);
    const scaled = v * column.scale;
    if (column.kind !== 'result' || (Number.isInteger(scaled) && column.scale === 1)) return plainNumber(scaled);
    decimals ??= decimalsOf(column);
    const text = scaled.toFixed(decimals);
    if (scaled !== 0 && Number(text) === 0) return scaled.toPrecision(2).replace('-', '\u2212');
    return grouped(text).replace('-', '\u2212');
  };
}

export function plural(n, word) {
  return `${plainNumber(n)} ${word}${n === 1 ? '' : 's'}`;
}

// seconds: a duration in its greatest unit.
export function duration(seconds) {
  if (seconds < 90) return `${Number(seconds.toPrecision(3))} s`;
  if (seconds < 5400) return `${(seconds / 60).toFixed(1)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

// moment: a time stamp of the database, to the minute.
export function moment(iso) {
  return typeof iso === 'string' ? iso.slice(0, 16).replace('T', ' ') + ' UTC' : '';
}

// shell: a text as one word of a command line.
export function shell(text) {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
