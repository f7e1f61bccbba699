/** One sentence of a port's contract. Give it to any test runner: `it(name, run)`. It throws when it does not hold. */
export interface ContractCase {
  readonly name: string;
  run(): Promise<void>;
}

/** Sentences by name, as cases on a harness; `around` says what they see of it, `gives` what a harness has. */
export function casesOn<Harness, Seen>(
  source: () => Harness | Promise<Harness>,
  around: (harness: Harness) => Seen,
  sentences: Readonly<Record<string, (seen: Seen) => Promise<void>>>,
  gives = '{ stores, age, announced }',
): ContractCase[] {
  // At the call, not in each case: a runner would report the same mistake a hundred times.
  if (typeof source !== 'function') throw new TypeError(`a contract takes a function that gives ${gives}`);
  return Object.entries(sentences).map(([name, sentence]) => ({
    name,
    run: async () => sentence(around(await source())),
  }));
}
