// One column over another: a mark for each design, the front, intervals, and a box to be drawn with the mouse.
import * as echarts from 'echarts/core';
import { CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { boxOver } from './box.js';
import { MARGIN, axisOf, fitted, tooltipOf } from './chart.js';
import { h } from './dom.js';
import { steps } from './front.js';
import { coordinate } from './model.js';
import { SHAPES, classesOf, ink } from './palette.js';
import { summary } from './summary.js';

echarts.use([CustomChart, LineChart, ScatterChart, GridComponent, TooltipComponent]);

const MANY = 2000; // marks from which they are drawn small and at once
const MOST_BARS = 80;

export class Scatter {
  constructor(model, open) {
    this.model = model;
    this.place = h('div.chart', { role: 'img' });
    this.element = h('div.chart-frame', {}, this.place);
    this.chart = null;
    this.open = open;
    this.box = boxOver(this);
  }

  // draw: from the model's choices; the element must be in the page.
  draw() {
    if (!this.chart) this.listen();
    fitted(this.place).setOption(this.option(), { notMerge: true });
    this.box.draw();
    this.place.setAttribute('aria-label', this.inWords());
  }

  listen() {
    this.chart = fitted(this.place);
    this.chart.on('click', (event) => {
      const row = event.value?.[2];
      if (row !== undefined) this.open(row);
    });
  }

  inWords() {
    const { x, y } = this.axes;
    const { shown, front } = this.model;
    return `${y.title} over ${x.title}: ${shown.length} designs, ${front.size} on the front; the table has all of them.`;
  }

  get axes() {
    return { x: this.model.column(this.model.chosen.x), y: this.model.column(this.model.chosen.y) };
  }

  isLog(column) {
    return column.isNumber && this.model.chosen.logarithmic.has(column.name);
  }

  // placed: where the shown rows stand, in the unit of the axes: this.xs and this.ys by row, NaN for none. Returns the
  // rows that have a place.
  placed() {
    const axis = (column) => {
      const log = this.isLog(column),
        scale = column.isNumber ? column.scale : 1;
      const places = new Float64Array(column.n).fill(NaN);
      for (const i of this.model.shown) {
        const v = coordinate(column, i) * scale;
        places[i] = log && v <= 0 ? NaN : v;
      }
      return places;
    };
    const xs = (this.xs = axis(this.axes.x)),
      ys = (this.ys = axis(this.axes.y));
    return this.model.shown.filter((i) => !Number.isNaN(xs[i]) && !Number.isNaN(ys[i]));
  }

  option() {
    const colours = ink();
    const { x, y } = this.axes;
    const placed = this.placed();
    return {
      animation: false,
      grid: { ...MARGIN, containLabel: false },
      xAxis: { ...axisOf(x, this.isLog(x), colours), nameGap: 28 },
      yAxis: { ...axisOf(y, this.isLog(y), colours), nameGap: 46 },
      tooltip: {
        ...tooltipOf(colours),
        formatter: (p) => (p.value?.[2] === undefined ? '' : summary(this.model, p.value[2])),
      },
      series: [...this.marks(placed, colours), ...this.bars(placed, colours), ...this.front(colours)],
    };
  }

  // marks: a series for each look, because a chart draws many like marks fast.
  marks(placed, colours) {
    const { xs, ys } = this;
    const many = placed.length > MANY;
    const usual = many ? 5 : placed.length > 200 ? 7 : 9; // the chart library makes squares of what is below 4
    return byLook(this.model, placed).map(({ out, colour, shape, size, rows }) => {
      const data = new Float64Array(3 * rows.length);
      rows.forEach((i, k) => data.set([xs[i], ys[i], i], 3 * k));
      return {
        type: 'scatter',
        data,
        dimensions: ['x', 'y', 'row'],
        large: many,
        largeThreshold: MANY,
        symbol: SHAPES[shape ?? 0],
        symbolSize: size ?? usual,
        z: out ? 1 : 2,
        silent: out,
        itemStyle: {
          color: out ? colours.faint : (colour ?? colours.quiet),
          opacity: out ? 0.5 : many ? 0.75 : 0.9,
          ...(many ? {} : { borderColor: colours.paper, borderWidth: 0.7 }),
        },
        emphasis: { scale: 1.5 },
      };
    });
  }

  // bars: intervals of both axes; of the front and what is selected alone, if there are many rows.
  bars(placed, colours) {
    const { x, y } = this.axes;
    const bounds = [x, y].map((c) =>
      this.model.chosen.bars && c.low ? [this.model.column(c.low), this.model.column(c.high)] : null,
    );
    if (!bounds.some(Boolean)) return [];
    const { selected, front } = this.model;
    const important = (i) => (selected ? selected.has(i) : front.has(i));
    const rows =
      placed.length > MOST_BARS
        ? placed.filter(important).slice(0, MOST_BARS)
        : selected
          ? placed.filter(important)
          : placed;
    const data = [];
    for (const i of rows)
      bounds.forEach((pair, k) => {
        if (!pair) return;
        const ends = pair.map((c) => c.numbers[i] * [x, y][k].scale);
        if (!ends.some(Number.isNaN)) data.push([this.xs[i], this.ys[i], k, ...ends]);
      });
    return [
      {
        type: 'custom',
        silent: true,
        clip: true,
        z: 1,
        data,
        dimensions: ['x', 'y', 'axis', 'low', 'high'],
        encode: bounds[1] ? { x: 0, y: [3, 4] } : { x: [3, 4], y: 1 },
        renderItem: (_, api) => bar(api, colours.quiet),
      },
    ];
  }

  front(colours) {
    const { x, y } = this.axes;
    const objectives = this.model.objectives;
    const at = (i) => [this.xs[i], this.ys[i]];
    const rings = [...this.model.front].filter((i) => !at(i).some(Number.isNaN));
    const ofAxes = objectives.length === 2 && objectives[0].column === x && objectives[1].column === y;
    const lines = !ofAxes
      ? []
      : this.model.fronts.map((rows) => ({
          type: 'line',
          silent: true,
          symbol: 'none',
          z: 3,
          lineStyle: { color: colours.ink, width: 1.2, opacity: 0.8 },
          data: steps(
            rows.filter((i) => rings.includes(i)),
            at,
          ),
        }));
    return [
      ...lines,
      {
        type: 'scatter',
        z: 4,
        symbol: 'circle',
        symbolSize: 12,
        data: rings.map((i) => [...at(i), i]),
        itemStyle: { color: 'transparent', borderColor: colours.ink, borderWidth: 1.4 },
        emphasis: { scale: 1.3 },
      },
    ];
  }
}

// byLook: the rows, together that look alike: what is not selected (out) first.
function byLook(model, placed) {
  const { colour, shape, size } = classesOf(model);
  const { selected } = model;
  const groups = new Map();
  for (const i of placed) {
    const out = selected !== null && !selected.has(i);
    const places = [colour.at(i), shape.at(i), size.at(i)];
    const key = places.reduce((sum, place) => 16 * sum + place + 1, out ? 0 : 1);
    let group = groups.get(key);
    if (!group) {
      const [c, s, z] = [colour, shape, size].map((kind, k) => kind.list[places[k]]?.look);
      groups.set(key, (group = { out, colour: c, shape: s, size: z, rows: [] }));
    }
    group.rows.push(i);
  }
  return [...groups.values()].sort((a, b) => b.out - a.out);
}

// bar: an interval along axis k of the chart with short ends, as one line: many elements are slow.
function bar(api, stroke) {
  const [x, y, k, low, high] = [0, 1, 2, 3, 4].map((d) => api.value(d));
  const [from, to] = [low, high].map((v) => api.coord(k === 0 ? [v, y] : [x, v]));
  const cap =
    (side) =>
    ([px, py]) =>
      k === 0 ? [px, py + 3 * side] : [px + 3 * side, py];
  const points = [cap(-1)(from), cap(1)(from), from, to, cap(-1)(to), cap(1)(to)];
  return { type: 'polyline', shape: { points }, style: { stroke, fill: 'none', lineWidth: 1, opacity: 0.7 } };
}
