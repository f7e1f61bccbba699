/** Mutants of one file: what it breaks, the text to find, what to put there, and suites if they are not the usual. */
export function mutantsOf(file, usual, mutants) {
  return mutants.map(([breaks, find, put, suites = usual]) => ({ file, breaks, find, put, suites }));
}
