import { describe, expect, it } from '@jest/globals';
import * as testing from '../index.js';

const CONTRACTS = Object.entries(testing).flatMap(([name, value]) =>
  name.endsWith('Contract') ? [[name, value as typeof testing.authStoresContract] as const] : [],
);

describe('a contract', () => {
  it('is there for the set, for each store, for what two of them share, and for user directories', () => {
    expect(CONTRACTS).toHaveLength(15);
  });

  it.each(CONTRACTS)('says at the call what it takes: %s', (_, contract) => {
    for (const given of [{}, undefined, null]) {
      expect(() => contract(given as never)).toThrow(
        /^a contract takes a function that gives \{ (stores, age, announced|directory, newUser) \}$/,
      );
    }
  });

  it.each(CONTRACTS)('asks for no harness before a case runs: %s', (_, contract) => {
    const cases = contract(() => {
      throw new Error('asked');
    });
    expect(cases.length).toBeGreaterThan(0);
  });
});
