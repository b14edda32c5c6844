// ticksOf: round numbers within a range, about n of them; of a logarithmic axis powers of ten, or 1, 2 and 5 times these.
export function ticksOf(low, high, log, n) {
  const found = log ? logarithmic(low, high, n) : [];
  return found.length > 1 ? found : even(low, high, n);
}

function even(low, high, n) {
  const rough = (high - low) / n || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((s) => s * power >= rough) * power;
  const first = Math.ceil(low / step - 1e-9),
    last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}

function logarithmic(low, high, n) {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const powers = Array.from({ length: to - from + 1 }, (_, k) => Number(`1e${from + k}`));
  const within = (list) => list.filter((v) => v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9));
  const all = within(powers.flatMap((p) => [1, 2, 5].map((m) => Number((m * p).toPrecision(12)))));
  if (all.length <= n) return all;
  const tens = within(powers);
  return tens.filter((_, k) => k % Math.ceil(tens.length / n) === 0);
}
