// A box over the scatter plot that selects what is inside it, drawn with a mouse, a pen or a finger. A finger begins
// sideways: upwards and downwards it moves the page.
import { MARGIN } from './chart.js';
import { h } from './dom.js';

const LEAST = 5; // pixels, below which a drag is a click

// boxOver: a drag within the axes of the plot sets the spans of its two columns; a click ends them. draw: shows them.
export function boxOver(scatter) {
  const { model, element: frame } = scatter;
  const box = h('div.box', { hidden: true });
  frame.append(box);
  let from = null;

  const here = (event) => {
    const bounds = frame.getBoundingClientRect();
    return [event.clientX - bounds.left, event.clientY - bounds.top];
  };
  const show = (a, b) => {
    box.hidden = false;
    Object.assign(box.style, {
      left: `${Math.min(a[0], b[0])}px`,
      top: `${Math.min(a[1], b[1])}px`,
      width: `${Math.abs(a[0] - b[0])}px`,
      height: `${Math.abs(a[1] - b[1])}px`,
    });
  };
  const draw = () => {
    const { x, y } = scatter.axes;
    const [across, up] = [x, y].map((c) => model.chosen.spans.get(c.name));
    box.hidden = !across && !up;
    if (box.hidden) return;
    const [left, right] = pixels(scatter, 'xAxis', x, across, [MARGIN.left, frame.clientWidth - MARGIN.right]);
    const [bottom, top] = pixels(scatter, 'yAxis', y, up, [frame.clientHeight - MARGIN.bottom, MARGIN.top]);
    show([left, top], [right, bottom]);
  };

  frame.addEventListener('pointerdown', (event) => {
    if (event.button === 0 && scatter.chart?.containPixel('grid', here(event))) from = here(event);
  });
  frame.addEventListener('pointermove', (event) => {
    if (!from) return;
    const to = here(event);
    if (Math.hypot(to[0] - from[0], to[1] - from[1]) < LEAST) return;
    frame.setPointerCapture(event.pointerId);
    show(from, to);
  });
  frame.addEventListener('pointerup', (event) => {
    if (!from) return;
    const { x, y } = scatter.axes;
    const start = from,
      end = here(event);
    from = null;
    if (Math.hypot(end[0] - start[0], end[1] - start[1]) >= LEAST) model.select(valuesOf(scatter, start, end));
    else if (model.chosen.spans.has(x.name) || model.chosen.spans.has(y.name))
      model.select({ [x.name]: null, [y.name]: null });
  });
  frame.addEventListener('pointercancel', () => {
    from = null;
    draw();
  });
  return { draw };
}

// valuesOf: two corners in pixels as spans of the columns.
function valuesOf(scatter, a, b) {
  const [p, q] = [a, b].map((corner) => scatter.chart.convertFromPixel('grid', corner));
  const range = (k, column) => {
    const ends = [p[k], q[k]].map((v) => (column.isNumber ? v / column.scale : v)).sort((v, w) => v - w);
    return column.isNumber ? ends : [ends[0] - 0.5, ends[1] + 0.5];
  };
  const { x, y } = scatter.axes;
  return { [x.name]: range(0, x), [y.name]: range(1, y) };
}

// pixels: where a span begins and ends on an axis of the chart, at most from end to end.
function pixels(scatter, axis, column, span, ends) {
  if (!span) return ends;
  const at = (v) => scatter.chart.convertToPixel({ [`${axis}Index`]: 0 }, v);
  const band = (ends[1] - ends[0]) / column.distinct.length; // of a word
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  return span.map((v, k) => {
    const place = !Number.isFinite(v) ? ends[k] : column.isNumber ? at(v * column.scale) : ends[0] + (v + 0.5) * band;
    return Number.isNaN(place) ? ends[k] : Math.max(low, Math.min(high, place));
  });
}
