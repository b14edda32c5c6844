// The view of all designs: filters, figure, parallel coordinates, table.
import { columnChooser, figureControls, filterBar, legend } from './controls.js';
import { h } from './dom.js';
import { editFilter } from './filter_editor.js';
import { shell } from './format.js';
import { Grid } from './grid.js';
import { Parallel } from './parallel.js';
import { Scatter } from './scatter.js';

const MOST_PARALLEL = 10;
const MOST_PRINTED = 200; // rows of the table
const LOOKS = ['x', 'y', 'colour', 'shape', 'size', 'logarithmic', 'bars'];

export function designsView(model, open) {
  const scatter = new Scatter(model, open),
    parallel = new Parallel(model);
  const grid = new Grid(model, open, (column, button) => editFilter(model, column, button));
  const bar = filterBar(model),
    controls = figureControls(model),
    key = legend(model);
  const command = h('code', {});
  const element = h(
    'div.designs',
    {},
    bar.element,
    h('section.figure', {}, controls.element, key.element, scatter.element),
    h(
      'section.parallel',
      {},
      h(
        'div.section-head',
        {},
        h('h2', {}, 'Parallel coordinates'),
        columnChooser(model, 'parallel', 'Axes', MOST_PARALLEL),
      ),
      parallel.element,
    ),
    h(
      'section.table',
      {},
      h('div.section-head', {}, h('h2', {}, 'Table'), columnChooser(model, 'columns', 'Columns', 200)),
      grid.element,
      h('p.note', {}, 'The front of this view, on the command line: ', command),
    ),
  );

  // parts: which of them the choices concern; all, if all is new.
  const parts = (names) => {
    const only = (...some) => names && [...names].every((name) => some.includes(name));
    if (only('columns', 'sort')) return [grid];
    if (only('parallel')) return [parallel];
    const looks = !names || LOOKS.some((name) => names.has(name));
    return [scatter, bar, ...(looks ? [controls] : []), key, grid, parallel]; // first what asks for its own size
  };
  const draw = (names) => {
    if (!names) grid.look();
    for (const part of parts(names)) if (part !== parallel) part.draw();
    if (parts(names).includes(parallel)) drawLater();
    command.textContent = commandOf(model);
  };

  // drawLater: the parallel coordinates follow when the rest is on the screen, and once for several changes in a row.
  let waiting = 0;
  function drawLater() {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => setTimeout(() => element.isConnected && parallel.draw()));
  }

  // forPaper: all at once, and the first rows of the table instead of those in view.
  const forPaper = () => {
    draw();
    parallel.draw();
    grid.fill(0, MOST_PRINTED);
  };
  return { element, draw, forPaper };
}

// commandOf: what prints the front of this view.
export function commandOf(model) {
  const goals = model.objectives.map((o) => `--${o.better > 0 ? 'max' : 'min'} ${o.column.name}`);
  const { about } = model.report;
  if (goals.length === 0) return '(this view has no front)';
  return [
    'deltasweep pareto',
    ...goals,
    model.where && `--where ${shell(model.where)}`,
    about.sweep && `--sweep ${shell(about.sweep)}`,
    `--db ${shell(about.database)}`,
  ]
    .filter(Boolean)
    .join(' ');
}
