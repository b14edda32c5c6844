// Parallel coordinates: a line for each design over some of its columns. A span that is drawn on an axis marks the
// designs in it.
import * as echarts from 'echarts/core';
import { ParallelChart } from 'echarts/charts';
import { ParallelComponent } from 'echarts/components';
import { fitted } from './chart.js';
import { h } from './dom.js';
import { plainNumber } from './format.js';
import { coordinate } from './model.js';
import { classesOf, ink, lookOf } from './palette.js';

echarts.use([ParallelChart, ParallelComponent]);

const MOST_LINES = 500; // more are no clearer, and slow
const NARROW = 66; // pixels between axes, at least
const MOST_WORDS = 24; // labels of an axis

export class Parallel {
  constructor(model) {
    this.model = model;
    this.place = h('div.chart', { role: 'img' });
    this.note = h('p.note', {});
    this.element = h('div', {}, h('div.chart-frame.wide', {}, this.place), this.note);
    this.chart = null;
  }

  draw() {
    if (!this.chart) {
      this.chart = fitted(this.place);
      this.chart.on('axisareaselected', (event) => this.mark(event));
    }
    const chosen = this.model.chosen.parallel.map((name) => this.model.column(name)).filter(Boolean);
    this.columns = fitting(chosen, this.place.clientWidth);
    const rows = this.lines();
    fitted(this.place).setOption(this.option(rows), { notMerge: true });
    const all = this.model.shown.length;
    this.note.textContent = [
      rows.length < all &&
        `${plainNumber(rows.length)} of ${plainNumber(all)} lines are drawn: those of the front, of what is ` +
          'selected, and an even share of the others.',
      this.columns.length < chosen.length && `${this.columns.length} of ${chosen.length} axes fit here.`,
      'Drag along an axis to select; click it to end that.',
    ]
      .filter(Boolean)
      .join(' ');
    this.place.setAttribute('aria-label', `Parallel coordinates of ${this.columns.map((c) => c.title).join(', ')}.`);
  }

  // lines: the rows to draw: the most important first, then an even share of the others.
  lines() {
    const { shown, front, selected } = this.model;
    if (shown.length <= MOST_LINES) return Array.from(shown);
    const important = Array.from(shown).filter((i) => front.has(i) || selected?.has(i));
    const kept = evenly(important, MOST_LINES);
    const had = new Set(kept);
    const others = Array.from(shown).filter((i) => !had.has(i));
    return [...evenly(others, MOST_LINES - kept.length), ...kept];
  }

  option(rows) {
    const colours = ink();
    const { selected, front } = this.model;
    const classes = classesOf(this.model);
    const value = (c, i) => {
      const v = coordinate(c, i);
      if (Number.isNaN(v)) return null;
      return c.isNumber ? v * c.scale : String(c.value(i));
    };
    const data = rows.map((i) => {
      const out = selected !== null && !selected.has(i);
      const { colour } = lookOf(classes, i, colours.quiet, 0);
      const strong = !out && (front.has(i) || selected !== null);
      return {
        value: this.columns.map((c) => value(c, i)),
        lineStyle: {
          color: out ? colours.faint : colour,
          opacity: out ? 0.25 : strong ? 0.9 : rows.length > 300 ? 0.25 : 0.45,
          width: strong ? 1.4 : 1,
        },
      };
    });
    return {
      animation: false,
      parallel: { left: 44, right: 64, top: 46, bottom: 16, axisExpandable: false },
      parallelAxis: this.columns.map((c, k) => this.axis(c, k, colours)),
      series: [{ type: 'parallel', data, silent: true, inactiveOpacity: 0.06, activeOpacity: 0.9, progressive: 0 }],
    };
  }

  axis(column, k, colours) {
    const log = column.isNumber && column.logarithmic && column.range[0] > 0;
    const label = {
      color: colours.ink,
      fontSize: 10,
      textBorderColor: colours.paper,
      textBorderWidth: 3,
      width: 90,
      overflow: 'truncate',
    };
    return {
      dim: k,
      name: wrapped(column.label),
      nameTextStyle: { color: colours.ink, fontSize: 11, lineHeight: 13, align: 'center' },
      nameGap: 10,
      axisLine: { lineStyle: { color: colours.quiet } },
      axisTick: { lineStyle: { color: colours.quiet } },
      axisLabel: label,
      areaSelectStyle: {
        width: 16,
        borderWidth: 1,
        borderColor: colours.accent,
        color: colours.accent,
        opacity: 0.18,
      },
      inverse: column.better < 0,
      nameLocation: column.better < 0 ? 'start' : 'end',
      ...(column.isNumber
        ? { type: log ? 'log' : 'value', scale: true }
        : {
            type: 'category',
            data: column.distinct.map(String),
            axisLabel: { ...label, interval: (n) => n % Math.ceil(column.distinct.length / MOST_WORDS) === 0 },
          }),
    };
  }

  // mark: the spans of the axis that the reader brushed, in the unit of the database.
  mark(event) {
    const spans = new Map(this.model.chosen.spans);
    for (const { intervals, parallelAxisIndex } of event.batch ?? [event]) {
      const column = this.columns[parallelAxisIndex ?? axisIndex(this.chart, event.parallelAxisId)];
      if (!column) continue;
      const ranges = (intervals ?? []).map((ends) =>
        [...ends].sort((a, b) => a - b).map((v) => (column.isNumber ? v / column.scale : v)),
      );
      if (ranges.length > 0) spans.set(column.name, ranges);
      else spans.delete(column.name);
    }
    this.model.choose({ spans });
  }
}

// axisIndex: which axis the event of a chart means.
function axisIndex(chart, id) {
  return (chart.getOption().parallelAxis ?? []).findIndex((axis) => axis.id === id);
}

// fitting: the columns that a width has room for: the last two, which are results to begin with, and the first ones.
function fitting(columns, width) {
  const most = Math.max(3, Math.floor(width / NARROW));
  return columns.length <= most ? columns : [...columns.slice(0, most - 2), ...columns.slice(-2)];
}

// wrapped: a label on two lines if it is long.
function wrapped(label) {
  if (label.length < 16) return label;
  const middle = label.length / 2;
  const spaces = [...label.matchAll(/ /g)].map((m) => m.index);
  if (spaces.length === 0) return label;
  const at = spaces.reduce((a, b) => (Math.abs(b - middle) < Math.abs(a - middle) ? b : a));
  return `${label.slice(0, at)}\n${label.slice(at + 1)}`;
}

function evenly(list, n) {
  if (list.length <= n) return list;
  return Array.from({ length: n }, (_, k) => list[Math.floor((k * list.length) / n)]);
}
