// Pareto fronts, with the same meaning as `deltasweep pareto`: rows of one task that have all objectives. Equal rows
// are on the front together. An objective is {column, better}: better 1, more is better; -1: less.

// cost: of a row, less is better; NaN where there is no value.
const cost = (objective, row) => -objective.better * objective.column.numbers[row];

const complete = (objectives, row) => objectives.every((o) => !Number.isNaN(o.column.numbers[row]));

function beats(objectives, a, b) {
  let better = false;
  for (const o of objectives) {
    const x = cost(o, a),
      y = cost(o, b);
    if (x > y) return false;
    better ||= x < y;
  }
  return better;
}

// frontOfTwo: row by row in the order of the values of the first objective, which the column has sorted already.
function frontOfTwo([first, second], rows) {
  const values = first.column.distinct.length;
  const best = new Float64Array(values).fill(Infinity);
  for (const row of rows) {
    const k = first.column.rank(row);
    best[k] = Math.min(best[k], cost(second, row));
  }
  let least = Infinity;
  for (let step = 0; step < values; step++) {
    const k = first.better > 0 ? values - 1 - step : step;
    if (best[k] < least) least = best[k];
    else best[k] = NaN;
  }
  return inOrder(
    first,
    rows.filter((row) => cost(second, row) === best[first.column.rank(row)]),
  );
}

// frontOfMany: a row that nothing on the front so far beats joins it; in this order no later row beats an earlier one.
function frontOfMany(objectives, rows) {
  const front = [];
  const order = (a, b) => {
    for (const o of objectives) if (cost(o, a) !== cost(o, b)) return cost(o, a) - cost(o, b);
    return 0;
  };
  for (const row of [...rows].sort(order)) if (!front.some((other) => beats(objectives, other, row))) front.push(row);
  return front;
}

const inOrder = (objective, rows) => rows.sort((a, b) => cost(objective, a) - cost(objective, b));

// frontOf: the rows on the front, a list for each task, in the order of their first objective. task: a column, if any
export function frontOf(objectives, rows, task) {
  if (objectives.length === 0) return [];
  const tasks = new Map();
  for (const row of rows) {
    if (!complete(objectives, row)) continue;
    const name = task ? task.rank(row) : 0;
    if (!tasks.has(name)) tasks.set(name, []);
    tasks.get(name).push(row);
  }
  const two = objectives.length === 1 ? [objectives[0], objectives[0]] : objectives;
  return [...tasks.values()].map((all) => (two.length === 2 ? frontOfTwo(two, all) : frontOfMany(objectives, all)));
}

// dominators: the rows of the same task that beat this one in the objectives; null if it lacks one of them.
export function dominators(objectives, row, rows, task) {
  if (!complete(objectives, row)) return null;
  return rows.filter(
    (other) =>
      (!task || task.rank(other) === task.rank(row)) && complete(objectives, other) && beats(objectives, other, row),
  );
}

// steps: the front of two objectives as the corners of a line, on the side of what it beats. at(row): [x, y].
export function steps(rows, at) {
  const corners = [];
  for (const row of rows) {
    const here = at(row);
    if (corners.length > 0) corners.push([here[0], corners[corners.length - 1][1]]);
    corners.push(here);
  }
  return corners;
}
