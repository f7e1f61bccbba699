/** Types are compared by structure, so two tokens with the same members could be swapped unseen: each pair is swapped here. */
import { expect, it } from '@jest/globals';
import { join } from 'node:path';
import { type SourceText, readSources } from '../support/source-imports.js';
import { ROOT, typeErrors } from '../support/type-errors.js';
import { dependenciesOf, provideCalls } from '../support/wiring-rules.js';

const SRC = join(ROOT, 'libs/auth/src');

/** Each file that wires something, as it is, and once for each pair of dependencies, swapped: their texts by path. */
function swappedPairs() {
  const copies = new Map<string, string>();
  const mutants = new Map<string, readonly [pair: string, text: string]>();
  const add = ({ path, text, syntax }: SourceText): void => {
    const calls = provideCalls(syntax);
    if (calls.length > 0) copies.set(join(SRC, path.replace(/\.ts$/, '.copy.ts')), text);
    for (const call of calls) {
      const list = dependenciesOf(call);
      list.forEach((one, index) => {
        for (const other of list.slice(index + 1)) {
          const [a, b] = [one.getText(syntax), other.getText(syntax)];
          const between = text.slice(one.end, other.getStart(syntax));
          const swapped = text.slice(0, one.getStart(syntax)) + b + between + a + text.slice(other.end);
          const pair = `${path}: ${call.arguments[0]!.getText(syntax)} with ${a} and ${b}`;
          mutants.set(join(SRC, path.replace(/\.ts$/, `.swap-${mutants.size}.ts`)), [pair, swapped]);
        }
      });
    }
  };
  for (const file of readSources(SRC).values()) add(file);
  return { copies, mutants };
}

it('refuses every swapped pair of dependencies in the library', () => {
  const { copies, mutants } = swappedPairs();
  expect(mutants.size).toBeGreaterThan(300);
  const errors = typeErrors(
    new Map([...copies, ...[...mutants].map(([path, [, text]]) => [path, text] as const)]),
  );
  expect([...copies.keys()].flatMap((path) => errors.get(path))).toEqual([]);
  const passed = [...mutants].filter(([path]) => errors.get(path)!.length === 0);
  expect(passed.map(([, [pair]]) => pair)).toEqual([]);
}, 180_000);
