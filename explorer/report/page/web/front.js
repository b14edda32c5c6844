// Pareto fronts, with the same meaning as `deltasweep pareto`: rows of one task that have all objectives; equal rows are
// on the front together.

// An objective is {column, better}: better 1, more is better; -1: less.

// keysOf: the objectives of a row as numbers of which less is better; null if one is missing.
function keysOf(objectives, row) {
  const keys = objectives.map((o) => -o.better * o.column.numbers[row]);
  return keys.some(Number.isNaN) ? null : keys;
}

function beats(a, b) {
  let better = false;
  for (let k = 0; k < a.length; k++) {
    if (a[k] > b[k]) return false;
    better ||= a[k] < b[k];
  }
  return better;
}

function compareKeys(a, b) {
  for (let k = 0; k < a.keys.length; k++)
    if (a.keys[k] !== b.keys[k]) return a.keys[k] - b.keys[k];
  return 0;
}

// frontOfTask: of candidates in the order of compareKeys. A row that an earlier one does not beat is on the front; of two
// objectives the earlier one with the least second is enough to ask.
function frontOfTask(sorted) {
  const front = [];
  for (const candidate of sorted) {
    const ask = candidate.keys.length <= 2 ? front.slice(-1) : front;
    if (!ask.some((other) => beats(other.keys, candidate.keys))) front.push(candidate);
  }
  return front;
}

// frontOf: the rows on the front, task by task, each in the order of its first objective. task: a column, or undefined.
export function frontOf(objectives, rows, task) {
  const tasks = new Map();
  for (const row of rows) {
    const keys = objectives.length > 0 ? keysOf(objectives, row) : null;
    if (keys === null) continue;
    const name = task ? task.rank(row) : 0;
    if (!tasks.has(name)) tasks.set(name, []);
    tasks.get(name).push({ row, keys });
  }
  return [...tasks.values()].map((all) => frontOfTask(all.sort(compareKeys)).map((c) => c.row));
}

// dominators: the rows of the same task that beat this one in the objectives; null if it lacks one of them.
export function dominators(objectives, row, rows, task) {
  const own = keysOf(objectives, row);
  if (own === null) return null;
  return rows.filter((other) => {
    if (task && task.rank(other) !== task.rank(row)) return false;
    const keys = keysOf(objectives, other);
    return keys !== null && beats(keys, own);
  });
}

// steps: the front of two objectives as the corners of a line, [x, y], on the side of the designs that it beats.
export function steps(rows, x, y) {
  const corners = [];
  for (const row of rows) {
    const here = [x.column.numbers[row], y.column.numbers[row]];
    if (corners.length > 0) corners.push([here[0], corners[corners.length - 1][1]]);
    corners.push(here);
  }
  return corners;
}
