// Colours and shapes that also people see apart who see colours otherwise: Okabe and Ito's, and cividis.
const CATEGORIES = {
  light: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b8860b', '#56b4e9', '#5b4b8a', '#222222'],
  dark: ['#56b4e9', '#e69f00', '#2fc495', '#e08fc0', '#f0e442', '#7f9cff', '#ff8a5c', '#d8d8d8'],
};
const SCALE = {
  light: ['#00224e', '#2a3f6d', '#575d6d', '#7d7c78', '#a59c74', '#d2c060', '#e8c800'],
  dark: ['#3a5a9c', '#5f72a5', '#8188a0', '#a09f97', '#beb483', '#ddcc62', '#fee838'],
};
export const SHAPES = [
  'circle',
  'triangle',
  'rect',
  'diamond',
  'path://M-1,-3L1,-3L1,-1L3,-1L3,1L1,1L1,3L-1,3L-1,1L-3,1L-3,-1L-1,-1Z',
  'path://M-3,-2L0,4L3,-2Z',
];
export const OUTLINES = [
  'M-4,0A4,4 0 1 0 4,0A4,4 0 1 0 -4,0Z',
  'M0,-4.5L4.5,3.5L-4.5,3.5Z',
  'M-3.6,-3.6H3.6V3.6H-3.6Z',
  'M0,-5L5,0L0,5L-5,0Z',
  'M-1.4,-4.4H1.4V-1.4H4.4V1.4H1.4V4.4H-1.4V1.4H-4.4V-1.4H-1.4Z',
  'M-4.5,-3.5H4.5L0,4.5Z',
];
const SIZES = [5, 8, 12, 17];
const MOST_WORDS = 8;

export const isDark = () =>
  document.documentElement.dataset.theme === 'dark' ||
  (document.documentElement.dataset.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);

const mode = () => (isDark() ? 'dark' : 'light');
export const categories = () => CATEGORIES[mode()];

// ink: the colours of the page itself, for charts; asked once for each mode, because the answer makes the browser wait.
const inks = {};
export function ink() {
  const names = ['ink', 'quiet', 'faint', 'line', 'paper', 'accent'];
  const read = (style) => Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  return (inks[mode()] ??= read(getComputedStyle(document.documentElement)));
}

// binsOf: few classes of a column: its values if these are few, else ranges of equal width (of a logarithmic column: of
// equal ratio). [{label, filter}], and at(row), the class of a row, -1 for none.
function binsOf(column, most) {
  const words = column.distinct;
  if (words.length <= most || !column.isNumber) {
    const kept = words.slice(0, words.length <= most ? most : most - 1);
    const bins = kept.map((v) => ({ label: column.format(v), filter: { in: [v] } }));
    if (words.length > kept.length)
      bins.push({ label: `${words.length - kept.length} others`, filter: { in: words.slice(kept.length) } });
    return { bins, at: (i) => Math.min(column.rank(i), bins.length - 1) };
  }
  const [low, high] = column.range;
  const log = column.logarithmic && low > 0;
  const n = Math.min(most, 7);
  const edge = (k) => (log ? low * (high / low) ** (k / n) : low + ((high - low) * k) / n);
  const edges = Array.from({ length: n + 1 }, (_, k) => edge(k));
  const bins = edges.slice(0, n).map((from, k) => ({
    label: `${column.format(from)} – ${column.format(edges[k + 1])}`,
    filter: { low: k === 0 ? low : from, high: k === n - 1 ? high : edges[k + 1] },
  }));
  const at = (i) => {
    const v = column.numbers[i];
    if (Number.isNaN(v)) return -1;
    const share = log ? Math.log(v / low) / Math.log(high / low) : (v - low) / (high - low);
    return Math.min(n - 1, Math.floor(share * n));
  };
  return { bins, at, scale: true };
}

// classesOf: how rows look: for colour, shape and size a list of {label, filter, look}, and the functions that give a
// row's place in it. '' for a column that was not chosen.
export function classesOf(model) {
  const { colour, shape, size } = model.chosen;
  const make = (name, most, looksOf) => {
    const column = model.column(name);
    if (!column) return { column: null, list: [], at: () => -1 };
    const { bins, at, scale } = binsOf(column, most);
    const looks = looksOf(scale, bins.length);
    return { column, at, list: bins.map((bin, k) => ({ ...bin, look: looks[k] })) };
  };
  const spread = (looks, n) =>
    Array.from({ length: n }, (_, k) => looks[n > 1 ? Math.round((k * (looks.length - 1)) / (n - 1)) : 0]);
  const shapes = (scale, n) => Array.from({ length: n }, (_, k) => k % SHAPES.length);
  return {
    colour: make(colour, MOST_WORDS, (scale, n) => (scale ? spread(SCALE[mode()], n) : categories())),
    shape: make(shape, shape === colour ? MOST_WORDS : SHAPES.length, shapes), // of one column: the same classes
    size: make(size, SIZES.length, (_, n) => spread(SIZES, n)),
  };
}

// lookOf: of a row: {colour, shape, size}. fallback: the colour of rows without a value.
export function lookOf(classes, i, fallback, usual) {
  const look = (kind, otherwise) => classes[kind].list[classes[kind].at(i)]?.look ?? otherwise;
  return { colour: look('colour', fallback), shape: look('shape', 0), size: look('size', usual) };
}
