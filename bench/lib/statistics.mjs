// Medians and quartiles of what the rounds gave.

/** The value below which a share `q` of the values lies, interpolated between neighbours. */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

export function median(values) {
  return quantile(values, 0.5);
}

/** Median and interquartile range. */
export function spread(values) {
  return { median: median(values), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

/** One ratio per round: neighbours in time are compared, so that slow drifts of the machine cancel out. */
export function ratiosPerRound(values, baseline) {
  return values.map((value, round) => value / baseline[round]);
}
