// Writes results as text: aligned tables, ratios with their interquartile range, targets met or missed.

/** A table whose first column is text and whose other columns are figures. */
export function table(headings, rows) {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row[i].length)));
  const line = (cells) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd();
  return [line(headings), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

export function whole(value) {
  return Math.round(value).toLocaleString('en-US');
}

export function ratio({ median, low, high }) {
  return `${median.toFixed(3)} (${low.toFixed(3)}-${high.toFixed(3)})`;
}

/** One line for a target: a benchmark informs, it never fails. */
export function target(name, value, atLeast) {
  return `${value >= atLeast ? 'met   ' : 'MISSED'}  ${name}: ${value.toFixed(3)}, target ${atLeast.toFixed(2)}`;
}

/** The same for a value that should be small. */
export function atMost(name, value, limit) {
  return `${value <= limit ? 'met   ' : 'MISSED'}  ${name}: ${value.toFixed(3)}, target at most ${limit.toFixed(2)}`;
}
