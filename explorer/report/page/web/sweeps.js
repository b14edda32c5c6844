// Where the designs come from: the sweep files, the machines and tools that did the jobs, the jobs that failed.
import { h } from './dom.js';
import { searchesOf } from './searches.js';
import { duration, moment, plainNumber } from './format.js';
import { plainTable } from './plain_table.js';

export function sweepsView(report) {
  const { sweeps, made, failed } = report;
  const searches = searchesOf(report);
  const cell = (table, name, i) => table.column(name)?.value(i) ?? '';
  const element = h(
    'div.sweeps',
    {},
    h('h1', {}, 'Sweeps and provenance'),
    h(
      'section',
      {},
      h('h2', {}, 'Sweep files'),
      Array.from({ length: sweeps.n }, (_, i) =>
        h(
          'details',
          { open: sweeps.n === 1 },
          h(
            'summary',
            {},
            h('strong', {}, cell(sweeps, 'name', i)),
            ` ${cell(sweeps, 'file', i)} · first run ${moment(cell(sweeps, 'created', i))}`,
            `, last ${moment(cell(sweeps, 'updated', i))}`,
          ),
          h('pre', {}, cell(sweeps, 'content', i)),
        ),
      ),
    ),
    searches?.element,
    h('section', {}, h('h2', {}, 'Jobs that are done'), list(made)),
    failed.n > 0 && h('section', {}, h('h2', {}, 'Jobs that failed'), list(failed)),
  );
  return { element, draw: () => searches?.draw() };
}

const texts = {
  seconds: (v) => duration(v),
  first: moment,
  last: moment,
  finished: moment,
  jobs: plainNumber,
};

function list(table) {
  if (table.n === 0) return h('p.note', {}, 'None yet: `deltasweep run SWEEP.yaml` does what a sweep asks for.');
  return plainTable(
    table.columns.map((c) => ({ title: c.name === 'seconds' ? 'time' : c.title, number: c.name in texts })),
    Array.from({ length: table.n }, (_, i) =>
      table.columns.map((c) => (c.value(i) === null ? '' : (texts[c.name] ?? String)(c.value(i)))),
    ),
  );
}
