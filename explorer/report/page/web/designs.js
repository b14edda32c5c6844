// The view of all designs: filters, figure, parallel coordinates, table.
import { columnChooser, figureControls, filterBar, legend } from './controls.js';
import { h } from './dom.js';
import { editFilter } from './filter_editor.js';
import { Grid } from './grid.js';
import { Parallel } from './parallel.js';
import { Scatter } from './scatter.js';

const MOST_PARALLEL = 10;

export function designsView(model, open) {
  const scatter = new Scatter(model, open), parallel = new Parallel(model);
  const grid = new Grid(model, open, (column, button) => editFilter(model, column, button));
  const bar = filterBar(model), controls = figureControls(model), key = legend(model);
  const command = h('code', {});
  const element = h('div.designs', {},
    bar.element,
    h('section.figure', {}, controls.element, key.element, scatter.element),
    h('section.parallel', {}, h('div.section-head', {}, h('h2', {}, 'Parallel coordinates'), columnChooser(model, 'parallel', 'Axes', MOST_PARALLEL)), parallel.element),
    h('section.table', {}, h('div.section-head', {}, h('h2', {}, 'Table'), columnChooser(model, 'columns', 'Columns', 200)), grid.element,
      h('p.note', {}, 'The front of this view, on the command line: ', command)));

  const parts = [bar, key, scatter, grid, parallel];
  const draw = (names) => {
    const start = performance.now();
    if (!names || ['x', 'y', 'colour', 'shape', 'size', 'logarithmic', 'bars'].some((name) => names.has(name))) controls.draw();
    const only = names && [...names].every((name) => name === 'columns' || name === 'sort') ? [grid] : names && [...names].every((name) => name === 'parallel') ? [parallel] : parts;
    for (const part of only) part.draw();
    command.textContent = commandOf(model);
    model.drawn = performance.now() - start;
  };
  return { element, draw };
}

const shell = (text) => (/^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

// commandOf: what prints the front of this view.
export function commandOf(model) {
  const goals = model.objectives.map((o) => `--${o.better > 0 ? 'max' : 'min'} ${o.column.name}`);
  const { about } = model.report;
  if (goals.length === 0) return '(this view has no front)';
  return ['deltasweep pareto', ...goals, model.where && `--where ${shell(model.where)}`, about.sweep && `--sweep ${shell(about.sweep)}`, `--db ${shell(about.database)}`].filter(Boolean).join(' ');
}
