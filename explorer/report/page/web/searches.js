// How far a search came, round by round: the share of the hypervolume over the time that its trainings took.
import * as echarts from 'echarts/core';
import { LegendComponent } from 'echarts/components';
import { axisOf, fitted, tooltipOf } from './chart.js';
import { h } from './dom.js';
import { categories, ink, SHAPES } from './palette.js';
import { plainTable } from './plain_table.js';

echarts.use([LegendComponent]);

// searchesOf: null if no sweep was a search.
export function searchesOf(report) {
  const { rounds } = report;
  if (rounds.n === 0) return null;
  const place = h('div.chart', { role: 'img', ariaLabel: 'Share of the hypervolume over hours of training' });
  const [hours, share] = ['hours', 'hypervolume'].map((name) => rounds.column(name));
  const searches = [...rounds.groups('search').values()];
  const value = (name, i) => rounds.column(name)?.text(i) ?? '';
  const last = (rows) => rows[rows.length - 1];

  function draw() {
    const colours = ink();
    fitted(place).setOption(
      {
        animation: false,
        legend: { top: 0, right: 0, textStyle: { color: colours.ink, fontSize: 12 }, itemWidth: 18 },
        grid: { left: 62, right: 18, top: 30, bottom: 46 },
        tooltip: { ...tooltipOf(colours), trigger: 'axis' },
        xAxis: { ...axisOf(hours, false, colours), name: 'training, hours on one core', nameGap: 28, min: 0 },
        yAxis: { ...axisOf(share, false, colours), name: 'hypervolume, share', nameGap: 46 },
        series: searches.map((rows, k) => ({
          type: 'line',
          step: 'end',
          name: value('title', rows[0]),
          symbol: SHAPES[k % SHAPES.length],
          symbolSize: 5,
          color: categories()[k % categories().length],
          data: rows.map((i) => [hours.numbers[i], share.numbers[i]]),
        })),
      },
      { notMerge: true },
    );
  }

  const names = ['title', 'objectives', 'round', 'points', 'trainings', 'hours', 'front', 'hypervolume'];
  const element = h(
    'section',
    {},
    h('h2', {}, 'Searches'),
    h('div.chart-frame.low', {}, place),
    plainTable(
      ['search', ...names.slice(1)].map((title) => ({ title })),
      searches.map((rows) => names.map((name) => value(name, last(rows)))),
    ),
  );
  return { element, draw };
}
