// The runs of a sweep by one measure, as `tokendynamics.widgets.sweeps.engine` reads them; a line is one of `points`.

/** A metric over the runs of a line; of "all_right", that of the first `length` answers. */
export const values = (line, metric, length = 1) =>
  metric === "all_right" ? line.all_right.map((each) => each[length - 1]) : line[metric];

/** [x, mean, least, most] for each place of a line, in rising order of x. */
export function means(line, metric, length = 1) {
  const found = values(line, metric, length);
  return [...new Set(line.x)]
    .sort((a, b) => a - b)
    .map((x) => {
      const group = found.filter((_, i) => line.x[i] === x);
      return [x, group.reduce((sum, v) => sum + v, 0) / group.length, Math.min(...group), Math.max(...group)];
    });
}

/** Names of the metrics that a sweep has. */
export const metrics_of = (sweep, metrics) => Object.keys(metrics).filter((name) => name in sweep.lines[0]);

/** The largest n of "all_right" that a sweep has; 1 where it has none. */
export const longest = (sweep) => sweep.lines[0].all_right?.[0].length ?? 1;
