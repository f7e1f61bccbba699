/** One sentence of a port's contract. Give it to any test runner: `it(name, run)`. It throws when it does not hold. */
export interface ContractCase {
  readonly name: string;
  run(): Promise<void>;
}

/** Sentences by name, as cases on one harness. */
export function casesOn<H>(
  harness: H,
  sentences: Readonly<Record<string, (harness: H) => Promise<void>>>,
): ContractCase[] {
  return Object.entries(sentences).map(([name, sentence]) => ({ name, run: () => sentence(harness) }));
}
