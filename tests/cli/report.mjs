// report.mjs PROGRAM DATABASE PAGE: what a reader does with the report page, in a real browser. The database is that of
// rows.sql with hostile.sql. Exit code 1 if anything is not as it should be.
import { execFileSync } from 'node:child_process';
import { start } from '../support/browser.mjs';

const [program, database, page] = process.argv.slice(2);
let failures = 0;

function same(expected, got, what) {
  const [a, b] = [expected, got].map((v) => JSON.stringify(v));
  if (a === b) return;
  failures++;
  console.error(`FAIL: ${what}: expected ${a}, got ${b}`);
}

const sql = (text) => execFileSync('sqlite3', [database, text], { encoding: 'utf8' }).trim();
const settled = () =>
  browser.run(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

// rowsOf: all rows of the table as texts, and whether they are on the front; the table has only those in view.
async function rowsOf() {
  const rows = await browser.run(async () => {
    const frame = document.querySelector('.grid-frame'),
      found = new Map();
    for (let top = 0; ; top += 200) {
      frame.scrollTop = top;
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      for (const row of frame.querySelectorAll('tbody tr[aria-rowindex]'))
        found.set(row.getAttribute('aria-rowindex'), [
          row.classList.contains('on-front'),
          ...[...row.cells].map((cell) => cell.textContent),
        ]);
      if (top > frame.scrollHeight) break;
    }
    frame.scrollTop = 0;
    return [...found.values()];
  });
  return rows.map(([front, point, ...rest]) => ({ front, point, rest }));
}

const frontOf = (rows) =>
  rows
    .filter((r) => r.front)
    .map((r) => r.point)
    .sort();

// cliFront: of the command that the page shows.
async function cliFront() {
  const command = await browser.run(() => document.querySelector('.table .note code').textContent);
  const text = execFileSync(
    'bash',
    ['-c', `${command.replace(/^deltasweep/, '"$0"')} --csv --columns point 2>/dev/null`, program],
    { encoding: 'utf8' },
  );
  return text.trim().split('\n').slice(1).sort();
}

const button = (text) =>
  browser.run((wanted) => {
    const found = [...document.querySelectorAll('button')].find(
      (b) => b.textContent.trim() === wanted || b.getAttribute('aria-label') === wanted,
    );
    found.click();
  }, text);
const status = () => browser.run(() => document.querySelector('.filter-bar strong').textContent);

const browser = await start();
await browser.open(`file://${page}`);
await settled();

// All designs, the front as `pareto` finds it.
const count = Number(sql('SELECT count(*) FROM designs'));
same(`${count} designs`, await status(), 'designs that are shown');
let rows = await rowsOf();
same(count, rows.length, 'rows of the table');
same(await cliFront(), frontOf(rows), 'the front');

// A filter of values, and one of numbers: the front is that of the rows that pass.
await button('Filter by scheme');
await browser.run(() =>
  [...document.querySelectorAll('.popover li')]
    .find((li) => li.textContent.includes('consecutive'))
    .querySelector('button')
    .click(),
);
await browser.key('Escape');
same(false, await browser.run(() => document.querySelector('.popover') !== null), 'Escape closes the window');
same(
  `${sql("SELECT count(*) FROM designs WHERE scheme = 'consecutive'")} of ${count} designs`,
  await status(),
  'a filter of one value',
);
await button('Filter by test accuracy');
await browser.run(() => {
  const box = document.querySelector('.popover .bounds input');
  box.value = '85';
  box.dispatchEvent(new Event('change'));
});
await browser.key('Escape');
const where = "scheme = 'consecutive' AND test_accuracy >= 0.85";
same(`${sql(`SELECT count(*) FROM designs WHERE ${where}`)} of ${count} designs`, await status(), 'two filters');
rows = await rowsOf();
same(
  sql(`SELECT point FROM designs WHERE ${where} ORDER BY point`).split('\n'),
  rows.map((r) => r.point).sort(),
  'the rows that pass',
);
same(await cliFront(), frontOf(rows), 'the front under filters');
await button('Show all');
same(`${count} designs`, await status(), 'without filters');

// A box in the figure selects; the table has what is in it; it becomes a filter.
const frame = await browser.run(() => {
  const figure = document.querySelector('.figure .chart-frame');
  figure.scrollIntoView({ block: 'center' });
  const bounds = figure.getBoundingClientRect();
  return [bounds.left, bounds.top, bounds.width, bounds.height];
});
const at = (x, y) => [frame[0] + frame[2] * x, frame[1] + frame[3] * y];
await browser.drag(at(0.12, 0.05), at(0.55, 0.45));
await settled();
const selection = async () =>
  Number((await browser.run(() => document.querySelector('.selection')?.textContent ?? '0')).split(' ')[0]);
const selected = await selection();
rows = await rowsOf();
same(true, selected > 0 && selected < count, `a part is selected (${selected})`);
same(selected, rows.length, 'the table has what is selected');
await button('Keep only these');
same(`${selected} of ${count} designs`, await status(), 'the selection as a filter');
same(await cliFront(), frontOf(await rowsOf()), 'the front of what was selected');
await button('Show all');

// The same by a finger.
await browser.touch(at(0.12, 0.35), at(0.55, 0.45));
await settled();
const touched = await selection();
rows = await rowsOf();
same(true, touched > 0 && touched < count, `a finger selects a part (${touched})`);
same(touched, rows.length, 'the table has what a finger selects');
await button('Select none');

// And by the keyboard alone: `Select…`, a range of a column of the figure, and words of one of the parallel coordinates.
await browser.run(() => [...document.querySelectorAll('button')].find((b) => b.textContent === 'Select…').focus());
await browser.key('Enter');
await browser.run(() => document.querySelector('.popover [aria-label="test accuracy from"]').focus());
for (const digit of '85') await browser.key(digit);
await browser.key('Tab');
await browser.run(() => document.querySelector('.popover [aria-label="scheme to"]').focus());
await browser.key('c'); // a list goes to the word that begins so
await browser.key('Escape');
await settled();
const within = "test_accuracy >= 0.85 AND scheme <= 'consecutive'"; // a hostile name is before it
same(Number(sql(`SELECT count(*) FROM designs WHERE ${within}`)), await selection(), 'ranges that are typed select');
rows = await rowsOf();
same(
  sql(`SELECT point FROM designs WHERE ${within} ORDER BY point`).split('\n'),
  rows.map((r) => r.point).sort(),
  'the rows of these ranges',
);
same(
  [false, 2],
  await browser.run(() => [
    document.querySelector('.figure .box').hidden,
    [...document.querySelectorAll('.span')].filter((span) => Number(span.getAttribute('height')) > 0).length,
  ]),
  'both figures show the selection',
);
await button('Select none');

// A span along an axis of the parallel coordinates, drawn with the mouse; a click there ends it.
const grip = await browser.run(() => {
  const axis = [...document.querySelectorAll('.parallel-lines .axis')].find((a) => a.textContent.includes('scheme'));
  axis.scrollIntoView({ block: 'center' });
  const bounds = axis.querySelector('.grip').getBoundingClientRect();
  return [bounds.left + bounds.width / 2, bounds.top, bounds.height];
});
await browser.drag([grip[0], grip[1] + 0.9 * grip[2]], [grip[0], grip[1] + 0.99 * grip[2]]);
await settled();
const first = sql('SELECT count(*) FROM designs WHERE scheme = (SELECT min(scheme) FROM designs)');
same(Number(first), await selection(), 'a span along an axis');
await browser.click(grip[0], grip[1] + 0.5 * grip[2]);
await settled();
same(0, await selection(), 'a click ends it');

// A front of three objectives, one of which is no axis of the figure.
await button('Front…');
await browser.run(() => {
  const select = document.querySelector('.popover select[aria-label="throughput"]');
  select.value = '1';
  select.dispatchEvent(new Event('change'));
});
await browser.key('Escape');
same(
  true,
  (await browser.run(() => document.querySelector('.table .note code').textContent)).includes('--max macs_per_second'),
  'the third objective',
);
same(await cliFront(), frontOf(await rowsOf()), 'a front of three objectives');

// The keyboard alone: to the third row, and to its page.
await browser.run(() => document.querySelector('.grid-frame').focus());
await browser.key('ArrowDown');
await browser.key('ArrowDown');
await browser.key('Enter');
await settled();
same(true, (await browser.run(() => location.hash)).startsWith('#point/p'), 'Enter opens the page of a point');

// What it is, its seeds, its share of the device, what dominates it.
const best = sql('SELECT point FROM designs WHERE n = 3 AND dsp > 0 ORDER BY test_accuracy LIMIT 1');
await browser.run((name) => {
  location.hash = `#point/${name}`;
}, best);
await settled();
same(
  [3, true, true],
  await browser.run(() => [
    [...document.querySelectorAll('h2')]
      .find((t) => t.textContent === 'Trainings')
      .parentElement.querySelectorAll('tbody tr').length,
    document.querySelectorAll('.bars tr').length > 3,
    document.querySelector('.point canvas') !== null,
  ]),
  'seeds, budgets and curves of a point',
);
const beaten =
  sql(`SELECT count(*) FROM designs b, designs a WHERE a.point = '${best}' AND b.test_accuracy >= a.test_accuracy AND
  b.weight_storage_bits <= a.weight_storage_bits AND b.macs_per_second >= a.macs_per_second AND
  (b.test_accuracy > a.test_accuracy OR b.weight_storage_bits < a.weight_storage_bits OR
  b.macs_per_second > a.macs_per_second)`);
same(
  true,
  await browser.run((n) => document.querySelector('main').textContent.includes(`${n} designs with`), beaten),
  `${beaten} designs dominate it`,
);

// Every point has a page; the one of a hostile name shows it as text.
await browser.run(() => {
  location.hash = '#point/pf10a700002';
});
await settled();
const dataset = sql("SELECT dataset FROM designs WHERE point = 'pf10a700002'");
same(
  true,
  await browser.run((name) => document.querySelector('main').textContent.includes(name), dataset),
  'a hostile name is text',
);
await browser.run(() => {
  location.hash = '#sweeps';
});
await settled();
same(
  true,
  await browser.run(
    (name) => document.querySelector('main').textContent.includes(name),
    sql('SELECT name FROM sweeps WHERE id = 2'),
  ),
  'a hostile sweep is text',
);
same(
  ['made-up, front, seed 3', true],
  await browser.run(() => [
    document.querySelector('.sweeps td').textContent,
    document.querySelector('.sweeps canvas') !== null,
  ]),
  'the progress of a search',
);
same(
  [0, 'undefined'],
  await browser.run(() => [
    document.querySelectorAll('img, iframe, object, link, script[src]').length,
    typeof window.INJECTED,
  ]),
  'nothing was let in',
);

await browser.run(() => {
  location.hash = '#importance';
});
await settled();
same(
  ['weight storage', 'test accuracy'],
  await browser.run(() => [...document.querySelectorAll('.importance h2')].map((t) => t.textContent)),
  'importance',
);
same(
  true,
  await browser.run(() => document.querySelector('.importance').textContent.includes('The axes tell nothing about it')),
  'why nothing can be said',
);

same([], browser.errors, 'the console');
same(
  [],
  browser.requests.filter((url) => url !== `file://${page}`),
  'requests',
);
await browser.end();
process.exit(failures > 0 ? 1 : 0);
