// Learning curves: a line for each seed of one training.
import * as echarts from 'echarts/core';
import { LegendComponent } from 'echarts/components';
import { axisOf, fitted, tooltipOf } from './chart.js';
import { h } from './dom.js';
import { SHAPES, categories, ink } from './palette.js';

echarts.use([LegendComponent]);

// curvesOf: null if nothing is recorded of the training's epochs.
export function curvesOf(report, training) {
  const { curves, roles } = report;
  const rows = training === undefined ? [] : (curves.groups(roles.training).get(training) ?? []);
  const epoch = curves.column(roles.epoch),
    seed = curves.column(roles.seed);
  const figures = curves.columns.filter(
    (c) => c.isNumber && c !== epoch && c !== seed && rows.some((i) => c.value(i) !== null),
  );
  if (rows.length === 0 || !epoch || figures.length === 0) return null;
  const usual = figures.find((c) => c.better > 0 && !c.name.startsWith('train')) ?? figures[0];
  const place = h('div.chart', { role: 'img', ariaLabel: `${usual.title} over epochs` });
  const state = { figure: usual };
  const pick = h(
    'select',
    { ariaLabel: 'Figure', onchange: (event) => ((state.figure = curves.column(event.target.value)), draw()) },
    figures.map((c) => h('option', { value: c.name, selected: c === usual }, c.title)),
  );

  function draw() {
    const colours = ink();
    const seeds = [...new Set(rows.map((i) => seed.value(i)))];
    fitted(place).setOption(
      {
        animation: false,
        legend: {
          show: seeds.length <= 12,
          top: 0,
          right: 0,
          textStyle: { color: colours.ink, fontSize: 12 },
          itemWidth: 18,
        },
        grid: { left: 62, right: 18, top: 30, bottom: 46 },
        xAxis: { ...axisOf(epoch, false, colours), nameGap: 28, minInterval: 1, min: 1 },
        yAxis: { ...axisOf(state.figure, false, colours), nameGap: 46 },
        tooltip: {
          ...tooltipOf(colours),
          trigger: 'axis',
          valueFormatter: (v) => (v === undefined ? '' : String(Number(v.toPrecision(5)))),
        },
        series: seeds.map((s, k) => ({
          type: 'line',
          name: `seed ${s}`,
          symbol: SHAPES[k % SHAPES.length],
          symbolSize: 6,
          lineStyle: { width: 1.3 },
          color: categories()[k % categories().length],
          data: rows
            .filter((i) => seed.value(i) === s && state.figure.value(i) !== null)
            .map((i) => [epoch.numbers[i], state.figure.numbers[i] * state.figure.scale]),
        })),
      },
      { notMerge: true },
    );
  }
  return {
    element: h(
      'section.half',
      {},
      h('div.section-head', {}, h('h2', {}, 'Learning curves'), pick),
      h('div.chart-frame.low', {}, place),
    ),
    draw,
  };
}
