// Medians and quartiles.
const sorted = (samples) => [...samples].sort((a, b) => a - b);

export const quantile = (samples, share) => sorted(samples)[Math.round((samples.length - 1) * share)];
export const median = (samples) => quantile(samples, 0.5);

export const summary = (samples) => ({
  median: median(samples),
  quartiles: [quantile(samples, 0.25), quantile(samples, 0.75)],
  samples: samples.length,
});

// How many times as much one of two measurements is as the other, in the middle round: what else the machine does hits
// both of a round alike, and not all rounds.
export const ratioOf = (one, other) => median(one.rounds.map((sample, round) => sample / other.rounds[round]));

// How far each of the points (x, y) is from the straight line that is nearest to all of them, relative to
// the line. Nearest in relative terms: a kilobyte counts as much as a megabyte.
export function straightLine(points) {
  const sums = { w: 0, x: 0, y: 0, xx: 0, xy: 0 };
  for (const [x, y] of points) {
    const weight = 1 / (y * y);
    sums.w += weight;
    sums.x += weight * x;
    sums.y += weight * y;
    sums.xx += weight * x * x;
    sums.xy += weight * x * y;
  }
  const slope = (sums.w * sums.xy - sums.x * sums.y) / (sums.w * sums.xx - sums.x * sums.x);
  const start = (sums.y - slope * sums.x) / sums.w;
  const deviations = points.map(([x, y]) => y / (start + slope * x) - 1);
  return { start, slope, deviations, most: Math.max(...deviations.map(Math.abs)) };
}
