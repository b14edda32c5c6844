// How much each axis matters for an objective, with the error of that, or why nothing can be said.
import { h } from './dom.js';

export function importanceView(report) {
  const element = h(
    'div.importance',
    {},
    h('h1', {}, 'Importance of the axes'),
    h(
      'p',
      {},
      'The share of an objective’s variance that would be lost without the axis. A forest of trees is asked about ',
      'designs that it has not seen. The thin line is the 95 % interval; where it reaches 0, the axis may not matter.',
    ),
    report.importance.map((one) => answerOf(report, one)),
    report.importance.length === 0 && h('p.note', {}, 'No objective has a value yet.'),
    h('p.note', {}, '“deltasweep importance” answers with more rows, for any column.'),
  );
  return { element, draw: () => {} };
}

function answerOf(report, { objective, silent, rows, explained, explained_error, factors, remarks }) {
  const title = report.designs.column(objective)?.title ?? objective;
  if (silent || factors.length === 0)
    return h('section', {}, h('h2', {}, title), h('p', {}, sentence(silent || 'no axis varies')));
  return h(
    'section',
    {},
    h('h2', {}, title),
    h('p.note', {}, `Of ${rows} designs. All axes together explain ${percent(explained, explained_error)}.`),
    remarks.map((remark) => h('p.note', {}, sentence(remark))),
    h(
      'table.bars.wide',
      {},
      factors.map((f) => h('tr', {}, h('th', { scope: 'row' }, f.name), f.share === null ? silence(f) : share(f))),
    ),
  );
}

const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}${/[.…]$/.test(text) ? '' : '.'}`;

const silence = (f) => [h('td.number', {}, ''), h('td.note', { colSpan: 2 }, f.note || 'The data cannot say.')];

function share({ share: value, error, note }) {
  const at = (v) => `${100 * Math.max(0, Math.min(1, v))}%`;
  const low = Math.max(0, value - error),
    high = Math.min(1, value + error);
  return [
    h('td.number', {}, percent(value, error)),
    h(
      'td.track-cell',
      {},
      h(
        'div.track',
        {},
        h('div.fill', { style: { width: at(value) } }),
        h('div.whisker', { style: { left: at(low), width: `${100 * Math.max(0, high - low)}%` } }),
      ),
    ),
    h('td.note', {}, note),
  ];
}

function percent(value, error) {
  if (value === null) return 'an unknown share';
  return `${(100 * value).toFixed(1)}${error === null ? '' : ` ± ${(100 * error).toFixed(1)}`} %`;
}
