// What a soak prints.
export const COLUMNS = {
  database: ({ database, poolSize }) => (database === 'sqlite' ? database : `${database}, pool ${poolSize}`),
  processes: (summary) => summary.processes,
  families: (summary) => summary.families,
  rotations: (summary) => summary.rotations,
  replays: (summary) => summary.replays,
  'late retries': (summary) => summary.lateRetries,
  'reuse detected': (summary) => summary.reuseDetected,
  revocations: (summary) => summary.revocations,
  'false logouts': (summary) => summary.falseLogouts,
  '503 in outages': (summary) => summary.unavailableInOutages,
  '503 otherwise': (summary) => summary.unavailableOtherwise,
  'slowest answer': ({ slowestMs }) => `${slowestMs} ms`,
  seconds: (summary) => summary.seconds,
  violations: (summary) => summary.violations.length,
};

/** A line for each figure, a column for each run. */
export function table(columns, summaries) {
  const lines = Object.entries(columns).map(([name, figure]) => [
    name,
    ...summaries.map((summary) => String(figure(summary))),
  ]);
  const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  const aligned = lines.map((line) =>
    line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
  );
  return `${aligned.join('\n')}\n`;
}

/** What went wrong, and everything that led to it. */
export function printStory({ episode, what, story }, seed) {
  const where = episode === null ? 'afterwards' : `seed ${seed}, episode ${episode}`;
  process.stderr.write(`\nVIOLATION (${where}): ${what}\n${story.map((line) => `  ${line}\n`).join('')}`);
}
