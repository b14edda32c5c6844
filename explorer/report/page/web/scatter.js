// One column over another: a mark for each design, the front, intervals, and a box to be drawn with the mouse.
import * as echarts from 'echarts/core';
import { CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { CanvasRenderer } from 'echarts/renderers';
import { boxOver } from './box.js';
import { h } from './dom.js';
import { steps } from './front.js';
import { coordinate } from './model.js';
import { SHAPES, classesOf, ink, lookOf } from './palette.js';
import { summary } from './summary.js';

echarts.use([CustomChart, LineChart, ScatterChart, GridComponent, TooltipComponent, CanvasRenderer]);

const MANY = 2000; // marks from which they are drawn small and at once
const MOST_BARS = 80;

// axisOf: of the chart. Words stand in their order, numbers in the unit of the label.
export function axisOf(column, log, colours) {
  const shared = {
    name: column.label,
    nameLocation: 'middle',
    nameTextStyle: { color: colours.ink, fontSize: 12 },
    axisLine: { show: true, lineStyle: { color: colours.quiet } },
    axisTick: { show: true, lineStyle: { color: colours.quiet } },
    axisLabel: { color: colours.quiet, fontSize: 11, hideOverlap: true },
    splitLine: { show: true, lineStyle: { color: colours.line } },
  };
  if (!column.isNumber)
    return { ...shared, type: 'category', data: column.distinct.map(String), splitLine: { show: false }, axisLabel: { ...shared.axisLabel, width: 110, overflow: 'truncate' } };
  return { ...shared, type: log ? 'log' : 'value', scale: true };
}

export class Scatter {
  constructor(model, open) {
    this.model = model;
    this.place = h('div.chart', { role: 'img' });
    this.element = h('div.chart-frame', {}, this.place);
    this.chart = null;
    this.open = open;
    boxOver(this);
  }

  // draw: from the model's choices; the element must be in the page.
  draw() {
    this.chart ??= this.made();
    this.chart.resize();
    this.chart.setOption(this.option(), { notMerge: true });
    this.place.setAttribute('aria-label', this.inWords());
  }

  made() {
    const chart = echarts.init(this.place, null, { renderer: 'canvas' });
    chart.on('click', (event) => {
      const row = event.data?.[2];
      if (row !== undefined) this.open(row);
    });
    return chart;
  }

  inWords() {
    const { x, y } = this.axes;
    return `${y.title} over ${x.title}: ${this.model.shown.length} designs, ${this.model.front.size} on the Pareto front. The table below has all of them.`;
  }

  get axes() {
    return { x: this.model.column(this.model.chosen.x), y: this.model.column(this.model.chosen.y) };
  }

  isLog(column) {
    return column.isNumber && this.model.chosen.logarithmic.has(column.name);
  }

  // at: the place of a row in the unit of the axes; null if it has none there.
  at(i) {
    const place = ['x', 'y'].map((name) => {
      const column = this.axes[name];
      const v = coordinate(column, i);
      return this.isLog(column) && v <= 0 ? NaN : v * (column.isNumber ? column.scale : 1);
    });
    return place.some(Number.isNaN) ? null : place;
  }

  option() {
    const colours = ink();
    const { x, y } = this.axes;
    const placed = Array.from(this.model.shown).filter((i) => this.at(i) !== null);
    this.left = this.model.shown.length - placed.length;
    return {
      animation: false,
      grid: { left: 62, right: 18, top: 14, bottom: 46, containLabel: false },
      xAxis: { ...axisOf(x, this.isLog(x), colours), nameGap: 28 },
      yAxis: { ...axisOf(y, this.isLog(y), colours), nameGap: 46 },
      tooltip: {
        confine: true, borderWidth: 1, borderColor: colours.quiet, backgroundColor: colours.paper, padding: 8,
        extraCssText: 'box-shadow: none', transitionDuration: 0,
        formatter: (p) => (p.data?.[2] === undefined ? '' : summary(this.model, p.data[2])),
      },
      series: [...this.marks(placed, colours), ...this.bars(placed, colours), ...this.front(colours)],
    };
  }

  // marks: a series for each look, because a chart draws many like marks fast.
  marks(placed, colours) {
    const classes = classesOf(this.model);
    const { selected } = this.model;
    const many = placed.length > MANY;
    const usual = many ? 4 : placed.length > 200 ? 7 : 9;
    const series = new Map();
    for (const i of placed) {
      const out = selected !== null && !selected.has(i);
      const look = lookOf(classes, i, colours.quiet, usual);
      if (out) look.colour = colours.faint;
      const key = `${out} ${look.colour} ${look.shape} ${look.size}`;
      if (!series.has(key)) series.set(key, { look, out, data: [] });
      series.get(key).data.push([...this.at(i), i]);
    }
    return [...series.values()].sort((a, b) => b.out - a.out).map(({ look, out, data }) => ({
      type: 'scatter', data, large: many, largeThreshold: MANY, symbol: SHAPES[look.shape],
      symbolSize: look.size, z: out ? 1 : 2, silent: out,
      itemStyle: { color: look.colour, opacity: out ? 0.5 : many ? 0.75 : 0.9, ...(many ? {} : { borderColor: colours.paper, borderWidth: 0.7 }) },
      emphasis: { scale: 1.5 },
    }));
  }

  // bars: intervals of both axes; of the front and what is selected alone, if there are many rows.
  bars(placed, colours) {
    const { x, y } = this.axes;
    const bounds = [x, y].map((c) => (this.model.chosen.bars && c.low ? [this.model.column(c.low), this.model.column(c.high)] : null));
    if (!bounds.some(Boolean)) return [];
    const { selected, front } = this.model;
    const important = (i) => (selected ? selected.has(i) : front.has(i));
    const rows = placed.length > MOST_BARS ? placed.filter(important).slice(0, MOST_BARS) : selected ? placed.filter(important) : placed;
    const data = [];
    for (const i of rows)
      bounds.forEach((pair, k) => {
        if (!pair) return;
        const ends = pair.map((c) => c.numbers[i] * [x, y][k].scale);
        if (!ends.some(Number.isNaN)) data.push([...this.at(i), k, ...ends]);
      });
    return [{ type: 'custom', silent: true, clip: true, z: 1, data, dimensions: ['x', 'y', 'axis', 'low', 'high'], encode: bounds[1] ? { x: 0, y: [3, 4] } : { x: [3, 4], y: 1 }, renderItem: (_, api) => bar(api, colours.quiet) }];
  }

  front(colours) {
    const { x, y } = this.axes;
    const objectives = this.model.objectives;
    const rings = [...this.model.front].map((i) => [i, this.at(i)]).filter(([, place]) => place !== null);
    const ofAxes = objectives.length === 2 && objectives[0].column === x && objectives[1].column === y;
    const lines = !ofAxes ? [] : this.model.fronts.map((rows) => ({
      type: 'line', silent: true, symbol: 'none', z: 3, lineStyle: { color: colours.ink, width: 1.2, opacity: 0.8 },
      data: steps(rows, objectives[0], objectives[1]).map(([v, w]) => [v * x.scale, w * y.scale]),
    }));
    return [...lines, {
      type: 'scatter', z: 4, symbol: 'circle', symbolSize: 12, data: rings.map(([i, place]) => [...place, i]),
      itemStyle: { color: 'transparent', borderColor: colours.ink, borderWidth: 1.4 }, emphasis: { scale: 1.3 },
    }];
  }
}

// bar: an interval along axis k of the chart, with short ends.
function bar(api, colour) {
  const [x, y, k, low, high] = [0, 1, 2, 3, 4].map((d) => api.value(d));
  const ends = [low, high].map((v) => api.coord(k === 0 ? [v, y] : [x, v]));
  const cap = 3;
  const across = ([px, py]) => (k === 0 ? { x1: px, y1: py - cap, x2: px, y2: py + cap } : { x1: px - cap, y1: py, x2: px + cap, y2: py });
  const style = { stroke: colour, lineWidth: 1, opacity: 0.7 };
  const lines = [{ x1: ends[0][0], y1: ends[0][1], x2: ends[1][0], y2: ends[1][1] }, across(ends[0]), across(ends[1])];
  return { type: 'group', children: lines.map((shape) => ({ type: 'line', shape, style })) };
}
