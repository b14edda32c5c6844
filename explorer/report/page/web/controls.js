// What the reader chooses with: the filters in force, the columns of the table, axes and looks of the figure.
import { h, replace, svg } from './dom.js';
import { describe, rangeFilter } from './filter.js';
import { editFilter } from './filter_editor.js';
import { plainNumber, plural } from './format.js';
import { OUTLINES, classesOf, ink } from './palette.js';
import { popover } from './popover.js';
import { rangeOf } from './range.js';

// options: of a select: the columns by group.
function options(columns, chosen, none) {
  const groups = new Map();
  for (const c of columns) groups.set(c.group ?? 'names', [...(groups.get(c.group ?? 'names') ?? []), c]);
  const one = (c) => h('option', { value: c.name, selected: c.name === chosen }, c.title);
  return [
    none && h('option', { value: '' }, none),
    ...[...groups].map(([label, list]) => h('optgroup', { label }, list.map(one))),
  ];
}

function picker(label, columns, chosen, none, onchange) {
  return h(
    'label.picker',
    {},
    h('span', {}, label),
    h('select', { onchange: (event) => onchange(event.target.value) }, options(columns, chosen, none)),
  );
}

const useful = (columns) => columns.filter((c) => c.varies);

// figureControls: of the scatter plot.
export function figureControls(model) {
  const place = h('div.controls', {});
  const toggle = (label, on, disabled, change) =>
    h('label.toggle', {}, h('input', { type: 'checkbox', checked: on, disabled, onchange: change }), label);
  const draw = () => {
    const { x, y, colour, shape, size, logarithmic, bars } = model.chosen;
    const columns = useful(model.designs.columns);
    const axes = columns.filter((c) => c.isNumber || c.distinct.length <= 60);
    const axis = (which) => (name) => {
      const logs = new Set(logarithmic);
      if (model.column(name).logarithmic) logs.add(name);
      model.choose({ [which]: name, logarithmic: logs });
    };
    const log = (name) =>
      toggle('log', logarithmic.has(name), !model.column(name)?.isNumber, () => {
        const logs = new Set(logarithmic);
        if (!logs.delete(name)) logs.add(name);
        model.choose({ logarithmic: logs });
      });
    const numbers = columns.filter((c) => c.isNumber || c.distinct.length <= 12);
    const few = columns.filter((c) => c.kind !== 'name' || c.distinct.length <= 12);
    replace(
      place,
      h(
        'div',
        {},
        h('div.pair', {}, picker('y', axes, y, null, axis('y')), log(y)),
        h('div.pair', {}, picker('x', axes, x, null, axis('x')), log(x)),
      ),
      h(
        'div',
        {},
        picker('colour', few, colour, 'none', (name) => model.choose({ colour: name })),
        picker('shape', few, shape, 'none', (name) => model.choose({ shape: name })),
        picker('size', numbers, size, 'none', (name) => model.choose({ size: name })),
        toggle('intervals', bars, !model.column(x)?.low && !model.column(y)?.low, () => model.choose({ bars: !bars })),
        h('button', { onclick: (event) => chooseObjectives(model, event.currentTarget) }, 'Front…'),
        h('button', { onclick: (event) => chooseSelection(model, event.currentTarget) }, 'Select…'),
      ),
    );
  };
  draw();

  return { element: place, draw };
}

// chooseObjectives: what the front is of: the two axes of the figure, or any columns with a direction for each.
function chooseObjectives(model, button) {
  const columns = useful(model.designs.columns).filter((c) => c.isNumber && c.kind === 'result');
  const own = () => model.chosen.objectives !== null;
  const better = (c) => model.objectives.find((o) => o.column === c)?.better ?? 0;
  const choice = (c) =>
    h(
      'select',
      { ariaLabel: c.title, onchange: apply },
      [
        [0, '–'],
        [1, 'most'],
        [-1, 'least'],
      ].map(([v, text]) => h('option', { value: v, selected: v === better(c) }, text)),
    );
  const choices = columns.map((c) => [c, choice(c)]);
  const follow = h('input', { type: 'checkbox', checked: !own(), onchange: () => apply() });

  function apply(event) {
    if (event) follow.checked = false;
    const objectives = choices
      .map(([c, select]) => ({ name: c.name, better: Number(select.value) }))
      .filter((o) => o.better !== 0);
    model.choose({ objectives: follow.checked || objectives.length === 0 ? null : objectives });
    follow.checked = !own();
    for (const [c, select] of choices) select.value = better(c);
  }
  popover(
    button,
    'The front',
    h('h3', {}, 'The front is of'),
    h('label.toggle', {}, follow, 'the two axes of the figure, or of:'),
    h(
      'div.column-list',
      {},
      choices.map(([c, select]) => h('label.objective', {}, select, c.title)),
    ),
  );
}

// legend: what colours, shapes and sizes stand for; each is a button that leaves only its designs.
export function legend(model) {
  const place = h('div.legend', {});
  const draw = () => {
    const classes = classesOf(model);
    const colours = ink();
    const lists = ['colour', 'shape', 'size'].filter((kind) => classes[kind].column);
    const same = classes.colour.column !== null && classes.colour.column === classes.shape.column;
    const shown = lists.filter((kind) => !(same && kind === 'shape'));
    replace(
      place,
      shown.map((kind) => {
        const { column, list } = classes[kind];
        const mark = (k) =>
          swatch({
            colour: kind === 'colour' ? list[k].look : colours.quiet,
            shape: kind === 'shape' || (kind === 'colour' && same) ? classes.shape.list[k].look : 0,
            size: kind === 'size' ? list[k].look : 10,
          });
        return h(
          'div.key',
          {},
          h('span.key-title', {}, column.label),
          list.map((entry, k) =>
            h(
              'button.entry',
              {
                title: `only these designs`,
                onclick: () => model.filter(column.name, entry.filter),
              },
              mark(k),
              entry.label,
            ),
          ),
        );
      }),
      h('div.key', {}, frontKey(model, colours)),
    );
  };
  draw();
  return { element: place, draw };
}

function swatch({ colour, shape, size }) {
  return svg(
    'svg',
    { width: 14, height: 14, viewBox: '-7 -7 14 14', 'aria-hidden': 'true' },
    svg('path', { d: OUTLINES[shape], fill: colour, transform: `scale(${size / 10})` }),
  );
}

function frontKey(model, colours) {
  const objectives = model.objectives;
  const goals = objectives.map((o) => `${o.better > 0 ? 'most' : 'least'} ${o.column.title}`).join(', ');
  if (objectives.length === 0)
    return h('span.note', {}, 'No front: for an axis neither more nor less is better. “Front…” chooses what it is of.');
  const ring = svg(
    'svg',
    { width: 14, height: 14, viewBox: '-7 -7 14 14', 'aria-hidden': 'true' },
    svg('circle', { r: 5, fill: 'none', stroke: colours.ink, 'stroke-width': 1.4 }),
  );
  return h('span.front-key', {}, ring, `${plural(model.front.size, 'design')} on the Pareto front: ${goals}`);
}

// filterBar: how many designs are shown, and why not all.
export function filterBar(model) {
  const place = h('div.filter-bar', { role: 'status' });
  const draw = () => {
    const { filters } = model.chosen;
    const { shown, selected, designs } = model;
    const chips = [...filters].map(([name, filter]) => {
      const column = model.column(name);
      return h(
        'span.chip',
        {},
        h(
          'button',
          { onclick: (event) => editFilter(model, column, event.currentTarget) },
          `${column.title}: ${describe(column, filter)}`,
        ),
        h('button', { ariaLabel: `End the filter of ${column.title}`, onclick: () => model.filter(name, null) }, '×'),
      );
    });
    replace(
      place,
      h(
        'strong',
        {},
        shown.length === designs.n
          ? plural(designs.n, 'design')
          : `${plainNumber(shown.length)} of ${plural(designs.n, 'design')}`,
      ),
      h('button', { onclick: (event) => chooseFilter(model, event.currentTarget) }, '+ Filter'),
      chips,
      chips.length > 0 &&
        h('button.quiet', { onclick: () => model.choose({ filters: new Map(), ...model.unmarked }) }, 'Show all'),
      selected &&
        h(
          'span.selection',
          {},
          `${plainNumber(selected.size)} selected`,
          h('button', { onclick: () => keepSelected(model) }, 'Keep only these'),
          h('button', { onclick: () => model.choose(model.unmarked) }, 'Select none'),
        ),
    );
  };
  draw();
  return { element: place, draw };
}

// keepSelected: the spans become filters.
function keepSelected(model) {
  const filters = new Map(model.chosen.filters);
  for (const [name, [low, high]] of model.chosen.spans) {
    const column = model.column(name),
      before = filters.get(name) ?? {};
    const numbers = rangeFilter([Math.max(low, before.low ?? -Infinity), Math.min(high, before.high ?? Infinity)]);
    const words = column.distinct.filter((v, k) => k >= low && k <= high && (before.in ?? [v]).includes(v));
    filters.set(name, column.isNumber ? numbers : { in: words });
  }
  model.choose({ filters, ...model.unmarked });
}

// chooseSelection: the spans by typing, of all columns that the figures show.
function chooseSelection(model, button) {
  const { x, y, parallel } = model.chosen;
  const columns = [...new Set([x, y, ...parallel])].map((name) => model.column(name)).filter(Boolean);
  const none = () => (model.choose(model.unmarked), chooseSelection(model, button));
  popover(
    button,
    'Select',
    h('h3', {}, 'Select the designs within'),
    columns.map((c) =>
      h(
        'div.span-row',
        {},
        h('span', {}, c.label),
        rangeOf(c, model.chosen.spans.get(c.name), (span) => model.select({ [c.name]: span })),
      ),
    ),
    h('div.actions', {}, h('button.quiet', { onclick: none }, 'Select none')),
  );
}

function chooseFilter(model, button) {
  const columns = useful(model.designs.columns);
  const list = h('select', { size: 12, ariaLabel: 'Filter by' }, options(columns, null, null));
  const go = () => {
    const column = model.column(list.value);
    if (column) editFilter(model, column, button);
  };
  list.addEventListener('change', go);
  list.addEventListener('keydown', (event) => event.key === 'Enter' && go());
  popover(button, 'Filter by', h('h3', {}, 'Filter by'), list);
  list.focus();
}

// columnChooser: which columns a view has.
export function columnChooser(model, choice, label, most) {
  return h('button', { onclick: (event) => choose(event.currentTarget) }, label);

  function choose(button) {
    const groups = new Map();
    for (const c of model.designs.columns)
      groups.set(c.group ?? 'names', [...(groups.get(c.group ?? 'names') ?? []), c]);
    const entry = (c) =>
      h(
        'label',
        { title: c.about ?? '' },
        h('input', {
          type: 'checkbox',
          checked: model.chosen[choice].includes(c.name),
          onchange: (event) => change(c, event.target),
        }),
        c.title,
        !c.varies && h('span.count', {}, 'all the same'),
      );
    popover(
      button,
      label,
      h('h3', {}, label),
      h(
        'div.column-list',
        {},
        [...groups].map(([title, list]) => h('fieldset', {}, h('legend', {}, title), list.map(entry))),
      ),
    );
  }

  function change(column, box) {
    const names = model.chosen[choice].filter((name) => name !== column.name);
    if (box.checked && names.length >= most) box.checked = false;
    else if (box.checked) names.push(column.name);
    model.choose({ [choice]: names });
  }
}
