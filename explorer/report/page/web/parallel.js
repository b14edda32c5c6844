// Parallel coordinates: a line for each design over some of its columns. A span that is drawn along an axis selects the
// designs in it. Each axis of which more or less is better has the better end on top.
import { h, replace, svg } from './dom.js';
import { plainNumber } from './format.js';
import { coordinate } from './model.js';
import { classesOf, ink, lookOf } from './palette.js';
import { ticksOf } from './ticks.js';

const MOST_LINES = 500; // more are no clearer, and slow
const NARROW = 66; // pixels between axes, at least
const MARGIN = { left: 40, right: 76, top: 52, bottom: 14 };
const LABEL = 15; // pixels between labels of an axis, at least
const LETTER = 5.6; // pixels of a letter, about
const GRIP = 26; // width of what a mouse or a finger takes hold of
const LEAST = 4; // pixels, below which a drag is a click

export class Parallel {
  constructor(model) {
    this.model = model;
    this.canvas = h('canvas', {});
    this.svg = svg('svg', {});
    this.place = h('div.chart.parallel-lines', { role: 'img' }, this.canvas, this.svg);
    this.note = h('p.note', {});
    this.element = h('div', {}, h('div.chart-frame.wide', {}, this.place), this.note);
  }

  draw() {
    const { model, place } = this;
    const chosen = model.chosen.parallel.map((name) => model.column(name)).filter(Boolean);
    const [width, height] = [place.clientWidth, place.clientHeight];
    const columns = fitting(chosen, width);
    const rows = this.lines();
    this.gap = (width - MARGIN.left - MARGIN.right) / Math.max(1, columns.length - 1);
    this.axes = columns.map(
      (column, k) => new Axis(column, MARGIN.left + k * this.gap, MARGIN.top, height - MARGIN.bottom),
    );
    this.size(width, height);
    this.drawLines(rows);
    replace(
      this.svg,
      this.axes.map((axis) => this.axisParts(axis)),
    );
    this.note.textContent = [
      rows.length < model.shown.length &&
        `${plainNumber(rows.length)} of ${plainNumber(model.shown.length)} lines are drawn: those of the front, of ` +
          'what is selected, and an even share of the others.',
      columns.length < chosen.length && `${columns.length} of ${chosen.length} axes fit here.`,
      'Better is up, where one end is better. Drag along an axis to select; click it to end that.',
    ]
      .filter(Boolean)
      .join(' ');
    place.setAttribute('aria-label', `Parallel coordinates of ${columns.map((c) => c.title).join(', ')}.`);
  }

  // size: gives the canvas of the lines, and the axes over it, the size of their place; empties the canvas.
  size(width, height) {
    const dots = Math.max(devicePixelRatio, 1);
    Object.assign(this.canvas, { width: width * dots, height: height * dots });
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    this.canvas.getContext('2d').scale(dots, dots);
    this.svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  }

  // lines: the rows to draw; of many the front and what is selected first, then an even share of the others.
  lines() {
    const { shown, front, selected } = this.model;
    if (shown.length <= MOST_LINES) return shown;
    const important = shown.filter((i) => front.has(i) || selected?.has(i));
    const kept = evenly(important, MOST_LINES);
    const others = important.length === 0 ? shown : shown.filter((i) => !front.has(i) && !selected?.has(i));
    return [...evenly(others, MOST_LINES - kept.length), ...kept];
  }

  // drawLines: of each row, with gaps where it has no value; those of the front or of what is selected last.
  drawLines(rows) {
    const { selected, front } = this.model;
    const colours = ink(),
      classes = classesOf(this.model);
    const pen = this.canvas.getContext('2d');
    const strong = (i) => (selected ?? front).has(i);
    const draw = (i) => {
      const out = selected !== null && !selected.has(i);
      pen.strokeStyle = out ? colours.faint : lookOf(classes, i, colours.quiet, 0).colour;
      pen.globalAlpha = strong(i) ? 0.9 : out || rows.length > 300 ? 0.25 : 0.45;
      pen.lineWidth = strong(i) ? 1.4 : 1;
      pen.beginPath();
      let lifted = true;
      for (const axis of this.axes) {
        const y = axis.at(coordinate(axis.column, i));
        if (Number.isNaN(y)) lifted = true;
        else if (lifted) (pen.moveTo(axis.x, y), (lifted = false));
        else pen.lineTo(axis.x, y);
      }
      pen.stroke();
    };
    for (const i of rows) if (!strong(i)) draw(i);
    for (const i of rows) if (strong(i)) draw(i);
  }

  axisParts(axis) {
    const { x, top, bottom, column } = axis;
    const most = Math.floor((this.gap - 10) / LETTER);
    const lines = wrapped(column.label, Math.max(9, most));
    const span = this.model.chosen.spans.get(column.name);
    const chosen = svg('rect', { class: 'span', x: x - 8, width: 16, y: 0, height: 0 });
    const show = (low, high) => {
      const [from, to] = [axis.at(low), axis.at(high)].map((y) => Math.max(top, Math.min(bottom, y)));
      chosen.setAttribute('y', Math.min(from, to));
      chosen.setAttribute('height', Math.abs(to - from));
    };
    if (span) show(...span);
    const grip = svg('rect', { class: 'grip', x: x - GRIP / 2, width: GRIP, y: top - 6, height: bottom - top + 12 });
    this.follow(grip, axis, show);
    return svg(
      'g',
      { class: 'axis' },
      svg('line', { x1: x, x2: x, y1: top, y2: bottom }),
      lines.map((text, k) => svg('text', { class: 'name', x, y: top - 12 - 13 * (lines.length - 1 - k) }, text)),
      axis
        .labels()
        .map(([y, text]) => [
          svg('line', { x1: x - 3, x2: x, y1: y, y2: y }),
          svg('text', { x: x + 5, y: y + 3.5 }, shortened(text, Math.max(6, most))),
        ]),
      chosen,
      grip,
    );
  }

  // follow: a drag along an axis sets its span, a click ends it.
  follow(grip, axis, show) {
    const { model } = this;
    let from = null;
    const here = (event) =>
      Math.max(axis.top, Math.min(axis.bottom, event.clientY - grip.ownerSVGElement.getBoundingClientRect().top));
    const range = (a, b) => [axis.value(a), axis.value(b)].sort((v, w) => v - w);
    grip.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      from = here(event);
      grip.setPointerCapture(event.pointerId);
    });
    grip.addEventListener('pointermove', (event) => from !== null && show(...range(from, here(event))));
    grip.addEventListener('pointerup', (event) => {
      if (from === null) return;
      const [a, b] = [from, here(event)];
      from = null;
      model.select({ [axis.column.name]: Math.abs(a - b) < LEAST ? null : range(a, b) });
    });
    grip.addEventListener('pointercancel', () => {
      from = null;
      this.draw();
    });
  }
}

// Where the values of a column stand on a vertical axis, in pixels. A value is in the unit of the database, or a rank of
// a word.
class Axis {
  constructor(column, x, top, bottom) {
    Object.assign(this, { column, x, top, bottom });
    this.log = column.isNumber && column.logarithmic && column.range[0] > 0;
    const ends = column.isNumber ? column.range : [0, column.distinct.length - 1];
    [this.low, this.high] = ends.map((v) => this.even(v));
    if (this.low === this.high) [this.low, this.high] = [this.low - 1, this.high + 1];
    this.down = column.better < 0; // less is better, and better is up
  }

  even(v) {
    return this.log ? Math.log10(v) : v;
  }

  at(v) {
    const share = (this.even(v) - this.low) / (this.high - this.low);
    return this.down ? this.top + share * (this.bottom - this.top) : this.bottom - share * (this.bottom - this.top);
  }

  value(y) {
    const share = (this.down ? y - this.top : this.bottom - y) / (this.bottom - this.top);
    const v = this.low + share * (this.high - this.low);
    return this.log ? 10 ** v : v;
  }

  // labels: [pixel, text], not too near each other.
  labels() {
    const { column } = this;
    const most = Math.floor((this.bottom - this.top) / LABEL);
    if (column.isNumber)
      return ticksOf(...column.range.map((v) => v * column.scale), this.log, Math.min(6, most)).map((v) => [
        this.at(v / column.scale),
        plainNumber(v),
      ]);
    const step = Math.ceil(column.distinct.length / most);
    return column.distinct.map((word, k) => [this.at(k), String(word)]).filter((_, k) => k % step === 0);
  }
}

// fitting: the columns that a width has room for: the last two, which are results to begin with, and the first ones.
function fitting(columns, width) {
  const most = Math.max(3, Math.floor((width - MARGIN.left - MARGIN.right) / NARROW) + 1);
  return columns.length <= most ? columns : [...columns.slice(0, most - 2), ...columns.slice(-2)];
}

// wrapped: a label on lines of so many letters at most, if its words allow it; at most three.
function wrapped(label, most) {
  const lines = [];
  for (const word of label.split(' ')) {
    const last = lines.length - 1;
    if (last >= 0 && (lines[last].length + 1 + word.length <= most || last === 2)) lines[last] += ` ${word}`;
    else lines.push(word);
  }
  return lines;
}

const shortened = (text, most) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

function evenly(list, n) {
  if (list.length <= n) return list;
  return Array.from({ length: n }, (_, k) => list[Math.floor((k * list.length) / n)]);
}
