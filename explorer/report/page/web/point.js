// The page of one point: what it is, how its trainings went, what it takes of the device, what beats it.
import { h } from './dom.js';
import { curvesOf } from './curves.js';
import { dominators } from './front.js';
import { plainNumber, plural, shell } from './format.js';
import { plainTable } from './plain_table.js';

const MOST_DOMINATORS = 12;

export function pointView(model, i) {
  const { report, designs } = model;
  const { roles } = report;
  const name = designs.column(roles.point).text(i);
  const training = designs.column(roles.training)?.value(i);
  const seeds = report.trainings.groups(roles.training).get(training) ?? [];
  const curves = curvesOf(report, training);
  const element = h(
    'div.point',
    {},
    h('p', {}, h('a', { href: '#' }, '← all designs')),
    h('h1', {}, h('code', {}, name)),
    whatItIs(model, i),
    verdict(model, i),
    curves?.element,
    budgetBars(model, i),
    seedTable(report, seeds),
    dominance(model, i),
    groups(model, i),
    again(model, i, name),
  );
  return { element, draw: () => curves?.draw() };
}

function section(title, ...content) {
  return h('section', {}, h('h2', {}, title), ...content);
}

// whatItIs: the axes in which designs of this page differ.
function whatItIs(model, i) {
  const axes = model.designs.columns.filter((c) => c.kind === 'axis' && c.varies && c.value(i) !== null);
  return h(
    'p.lead',
    {},
    axes.flatMap((c, k) => [k > 0 ? ', ' : '', h('span.note', {}, `${c.title} `), h('strong', {}, c.text(i))]),
  );
}

// half: a section that leaves room for another beside it, on a wide screen.
function half(title, ...content) {
  const element = section(title, ...content);
  element.classList.add('half');
  return element;
}

// verdict: fit and what binds, in one line.
function verdict(model, i) {
  const { roles } = model.report;
  const fits = model.column(roles.fits)?.value(i),
    binds = model.column(roles.binds)?.value(i);
  const device = model.column(roles.device)?.value(i);
  const sweeps = model.column(roles.sweeps)?.value(i);
  return h(
    'p',
    {},
    sweeps && `Asked for by ${sweeps}. `,
    fits === null || fits === undefined
      ? 'Whether it fits is not known: it is not synthesised. '
      : `${fits ? 'It fits' : 'It does not fit'} the ${device}. `,
    binds && `What binds: ${binds}.`,
  );
}

function seedTable(report, rows) {
  const columns = report.trainings.columns.filter(
    (c) => c.name !== report.roles.training && rows.some((i) => c.value(i) !== null),
  );
  if (rows.length === 0)
    return section(
      'Trainings',
      h('p.note', {}, 'It is not trained: the sweep asked for no seed, or its training is not done yet.'),
    );
  return section(
    'Trainings',
    plainTable(
      columns.map((c) => ({ title: c.label, about: c.about, number: true })),
      rows.map((i) => columns.map((c) => c.text(i))),
    ),
  );
}

// budgetBars: what the point takes of each budget of its device.
function budgetBars(model, i) {
  const device = model.column(model.report.roles.device)?.value(i);
  const bars = model.report.budgets.filter((b) => (model.column(b.share)?.value(i) ?? null) !== null);
  if (bars.length === 0)
    return half(
      'Device',
      h('p.note', {}, 'Nothing is known of its cells: it has no hardware, or it is not synthesised.'),
    );
  return half(
    `Share of the ${device}`,
    h(
      'table.bars',
      {},
      bars.map((b) => {
        const share = model.column(b.share).value(i),
          used = b.used && model.column(b.used)?.value(i),
          whole = b.of[device];
        const bar = h('div.fill', { style: { width: `${Math.min(100, 100 * share)}%` } });
        return h(
          `tr${share > 1 ? '.over' : ''}`,
          {},
          h('th', { scope: 'row' }, b.title),
          h(
            'td.number',
            {},
            Number.isFinite(used) &&
              (whole ? `${plainNumber(used)} of ${plainNumber(whole)}` : withUnit(model.column(b.used), i)),
          ),
          h('td.number', {}, `${(100 * share).toFixed(1)} %`),
          h('td.track-cell', {}, h('div.track', {}, bar)),
          h('td', {}, share > 1 ? 'over' : ''),
        );
      }),
    ),
  );
}

// withUnit: a value and its unit, which stands in brackets at the end of the label.
function withUnit(column, i) {
  return `${column.text(i)} ${column.label.match(/\((.*)\)$/)?.[1] ?? ''}`;
}

function dominance(model, i) {
  const { objectives, task, designs } = model;
  if (objectives.length === 0) return null;
  const goals = objectives.map((o) => `${o.better > 0 ? 'more' : 'less'} ${o.column.title}`).join(' and ');
  const all = Array.from({ length: designs.n }, (_, k) => k);
  const better = dominators(objectives, i, all, task);
  const title = 'What dominates it';
  if (better === null)
    return section(
      title,
      h(
        'p.note',
        {},
        `It cannot be compared: it lacks ${objectives
          .filter((o) => o.column.value(i) === null)
          .map((o) => o.column.title)
          .join(' and ')}.`,
      ),
    );
  if (better.length === 0)
    return section(title, h('p', {}, `Nothing: no design has ${goals}. It is on the Pareto front of all designs.`));
  const point = model.column(model.report.roles.point);
  const columns = [
    point,
    ...objectives.map((o) => o.column),
    ...designs.columns.filter(
      (c) => c.kind === 'axis' && better.slice(0, MOST_DOMINATORS).some((k) => c.value(k) !== c.value(i)),
    ),
  ];
  const cell = (c, k) =>
    c === point && k !== i ? h('a', { href: `#point/${encodeURIComponent(c.text(k))}` }, c.text(k)) : c.text(k);
  return section(
    title,
    h(
      'p',
      {},
      `${plural(better.length, 'design')} with ${goals}, or as good in one of them.`,
      better.length > MOST_DOMINATORS && ` The first ${MOST_DOMINATORS}:`,
    ),
    plainTable(
      columns.map((c) => ({ title: c.label, number: c.isNumber })),
      [i, ...better.slice(0, MOST_DOMINATORS)].map((k) => columns.map((c) => cell(c, k))),
      0,
    ),
  );
}

// groups: every column that has a value, as `deltasweep show` groups them.
function groups(model, i) {
  const lists = new Map();
  for (const c of model.designs.columns)
    if (c.group && c.value(i) !== null) lists.set(c.group, [...(lists.get(c.group) ?? []), c]);
  return section(
    'Everything',
    h(
      'div.groups',
      {},
      [...lists].map(([title, columns]) =>
        h(
          'div',
          {},
          h('h3', {}, title),
          h(
            'dl',
            {},
            columns.map((c) => h('div', {}, h('dt', { title: c.about ?? '' }, c.label), h('dd', {}, c.text(i)))),
          ),
        ),
      ),
    ),
  );
}

// again: the commands that print the point, and that run the sweeps which asked for it.
function again({ report, designs }, i, name) {
  const { about, roles, sweeps } = report;
  const db = `--db ${shell(about.database)}`;
  const asked = `, ${designs.column(roles.sweeps)?.value(i) ?? ''}, `;
  const files = Array.from({ length: sweeps.n }, (_, k) => k)
    .filter((k) => asked.includes(`, ${sweeps.column('name').value(k)}, `))
    .map((k) => sweeps.column('file')?.value(k))
    .filter((file) => file && /\.ya?ml$/.test(file));
  const lines = [`deltasweep show ${name} ${db}`, ...files.map((file) => `deltasweep run ${shell(file)} ${db}`)];
  return section(
    'How to run it again',
    h('p.note', {}, '`run` does only what its sweep lacks; what is in the database is not done twice.'),
    h('pre', {}, lines.join('\n')),
  );
}
