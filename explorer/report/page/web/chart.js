// What all charts share: how they begin and follow the size of their place, and how an axis looks.
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { plainNumber } from './format.js';

echarts.use([CanvasRenderer]);

export const MARGIN = { left: 62, right: 18, top: 14, bottom: 46 }; // of the axes in their place

// fitted: the chart of a place, in the size that the place has now.
export function fitted(place) {
  const chart = echarts.getInstanceByDom(place) ?? echarts.init(place, null, { renderer: 'canvas' });
  if (chart.getWidth() !== place.clientWidth || chart.getHeight() !== place.clientHeight) chart.resize();
  return chart;
}

// axisOf: words stand in their order, numbers in the unit of the label.
export function axisOf(column, log, colours) {
  const shared = {
    name: column.label,
    nameLocation: 'middle',
    nameTextStyle: { color: colours.ink, fontSize: 12 },
    axisLine: { show: true, lineStyle: { color: colours.quiet } },
    axisTick: { show: true, lineStyle: { color: colours.quiet } },
    axisLabel: {
      color: colours.quiet,
      fontSize: 11,
      hideOverlap: true,
      ...(column.isNumber && { formatter: plainNumber }),
    },
    splitLine: { show: true, lineStyle: { color: colours.line } },
  };
  if (column.isNumber) return { ...shared, type: log ? 'log' : 'value', scale: true };
  return {
    ...shared,
    type: 'category',
    data: column.distinct.map(String),
    splitLine: { show: false },
    axisLabel: { ...shared.axisLabel, width: 110, overflow: 'truncate' },
  };
}

// tooltipOf: plain, in the colours of the page.
export function tooltipOf(colours) {
  return {
    confine: true,
    transitionDuration: 0,
    padding: 8,
    borderWidth: 1,
    borderColor: colours.quiet,
    backgroundColor: colours.paper,
    textStyle: { color: colours.ink, fontSize: 12 },
    extraCssText: 'box-shadow: none',
  };
}
