// The page: reads its data, shows the view that the address names.
import { readReport } from './data.js';
import { designsView } from './designs.js';
import { h, replace } from './dom.js';
import { moment, plural } from './format.js';
import { importanceView } from './importance.js';
import { Model } from './model.js';
import { pointView } from './point.js';
import { sweepsView } from './sweeps.js';
import { themeSwitch } from './theme.js';

const report = readReport(document.getElementById('data').textContent);
const model = new Model(report);
const pageElement = document.getElementById('page');
const point = report.designs.column(report.roles.point);
const open = (i) => {
  location.hash = `point/${encodeURIComponent(point.text(i))}`;
};
const designs = designsView(model, open);
let view = null;

function viewOf(address) {
  if (address === 'sweeps') return sweepsView(report);
  if (address === 'importance') return importanceView(report);
  if (address.startsWith('point/')) {
    const name = decodeURIComponent(address.slice('point/'.length));
    const i = Array.from({ length: point.n }, (_, k) => k).find((k) => point.text(k) === name);
    if (i !== undefined) return pointView(model, i);
  }
  return designs;
}

function show() {
  const address = location.hash.slice(1);
  view = viewOf(address);
  replace(pageElement, view.element);
  for (const link of document.querySelectorAll('nav a'))
    link.toggleAttribute(
      'aria-current',
      link.getAttribute('href') === `#${address.startsWith('point/') ? '' : address}`,
    );
  view.draw();
  scrollTo(0, 0);
}

function heading() {
  const { about, trainings, designs: all, sweeps } = report;
  const name = about.database.split('/').pop();
  document.title = `${name} – deltasweep`;
  replace(
    document.getElementById('head'),
    h(
      'div.title',
      {},
      h('span.name', {}, name),
      h(
        'span.note',
        {},
        [plural(all.n, 'design'), plural(trainings.n, 'training'), plural(sweeps.n, 'sweep')].join(', '),
        `; made ${moment(about.made)}`,
      ),
    ),
    h(
      'nav',
      { ariaLabel: 'Views' },
      h('a', { href: '#' }, 'Designs'),
      h('a', { href: '#importance' }, 'Importance'),
      h('a', { href: '#sweeps' }, 'Sweeps'),
    ),
    themeSwitch(() => view.draw()),
  );
  replace(
    document.getElementById('foot'),
    `deltasweep ${about.version}, ${about.revision}, on ${about.host}. Accuracies are means over seeds; cells, `,
    'clocks and power are estimates. Charts: Apache ECharts (Apache License 2.0).',
  );
}

heading();
model.listen((names) => view === designs && view.draw(names));
addEventListener('hashchange', show);
let width = innerWidth;
addEventListener('resize', () => {
  if (innerWidth !== width) view.draw();
  width = innerWidth;
});
// Paper is light.
let theme;
addEventListener('beforeprint', () => {
  theme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = 'light';
  (view.forPaper ?? view.draw)();
});
addEventListener('afterprint', () => {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  view.draw();
});

show();
