// A box over a chart that marks what is inside it, drawn with a mouse, a pen or a finger that stays for a moment.
import { h } from './dom.js';

const LEAST = 5; // pixels, below which a drag is a click

// boxOver: gives the scatter plot its box. A drag inside its axes sets the model's box; a click ends it.
export function boxOver(scatter) {
  const frame = scatter.element;
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

  frame.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.pointerType === 'touch' || !scatter.chart?.containPixel('grid', here(event)))
      return;
    from = here(event);
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
    const start = from,
      end = here(event);
    from = null;
    box.hidden = true;
    if (Math.hypot(end[0] - start[0], end[1] - start[1]) >= LEAST)
      scatter.model.choose({ box: valuesOf(scatter, start, end) });
    else if (scatter.model.chosen.box) scatter.model.choose({ box: null });
  });
  frame.addEventListener('pointercancel', () => {
    from = null;
    box.hidden = true;
  });
}

// valuesOf: two corners in pixels as ranges of the columns, in the unit of the database.
function valuesOf(scatter, a, b) {
  const [p, q] = [a, b].map((corner) => scatter.chart.convertFromPixel('grid', corner));
  const range = (k, column) => {
    const ends = [p[k], q[k]].map((v) => (column.isNumber ? v / column.scale : v)).sort((v, w) => v - w);
    return column.isNumber ? ends : [ends[0] - 0.5, ends[1] + 0.5];
  };
  return { x: range(0, scatter.axes.x), y: range(1, scatter.axes.y) };
}
