// @ts-check
// ticks returns round numbers from 'from' to 'to', about as many as asked for: multiples of
// 1, 2 or 5 times a power of ten.
export function ticks(from, to, about) {
  if (!(to > from)) return [from];
  const rough = (to - from) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const error = rough / power; // 1 to 10; each threshold is the geometric mean of its neighbours
  const factor = error >= Math.sqrt(50) ? 10 : error >= Math.sqrt(10) ? 5 : error >= Math.sqrt(2) ? 2 : 1;
  const step = factor * power;
  const first = Math.ceil(from / step - 1e-9);
  const all = [];
  for (let i = first; i * step <= to + step * 1e-9; i++) all.push(+(i * step).toPrecision(12));
  return all;
}
