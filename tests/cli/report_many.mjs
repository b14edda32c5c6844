// report_many.mjs PAGE: that a filter of 20,000 designs does what it should, and how long it takes in a browser: until
// figure and table are there, and all with the parallel coordinates on the screen. Both are times of the page's own
// thread, and are printed alone: machines differ.
import { start } from '../support/browser.mjs';

const browser = await start();
const before = Date.now();
await browser.open(`file://${process.argv[2]}`);
console.log(`opened after ${Date.now() - before} ms`);

const pause = (ms) => browser.run((wait) => new Promise((done) => setTimeout(done, wait)), ms);
const filter = () =>
  browser.run(() => {
    document.querySelector('[aria-label="Filter by scheme"]').click();
    const only = [...document.querySelectorAll('.popover li')]
      .find((li) => li.textContent.includes('fixed-reference'))
      .querySelector('button');
    const start = performance.now();
    only.click();
    return performance.now() - start;
  });
const shown = () => browser.run(() => document.querySelector('.filter-bar strong').textContent);

const elapsed = [],
  figures = [],
  whole = [];
for (let k = 0; k < 5; k++) {
  await pause(300);
  const from = await browser.busy();
  elapsed.push(await filter());
  figures.push((await browser.busy()) - from);
  await pause(600);
  whole.push((await browser.busy()) - from);
  if (!(await shown()).startsWith('7200 of 20\u202f000')) throw new Error(`the filter leaves ${await shown()}`);
  await browser.run(() => [...document.querySelectorAll('button')].find((b) => b.textContent === 'Show all').click());
}
const least = (list) => Math.round(Math.min(...list));
console.log(
  `a filter: figure and table after ${least(elapsed)} ms, ${least(figures)} ms of work; with all ${least(whole)} ms of work`,
);
await browser.run(() => { location.hash = '#importance'; });
await pause(200);
const shares = await browser.run(() => document.querySelectorAll('.whisker').length);
console.log(`${shares} shares of importance`);
const complaints = browser.errors;
await browser.end();
process.exit(complaints.length > 0 || shares === 0 ? 1 : 0);
