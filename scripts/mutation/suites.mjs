/**
 * The suites that mutants are shown to, by the name that a mutant calls them. Those with a `project` are run by Jest;
 * `tests`: how the names of the suite's tests begin, where the file holds others too. Those without are known to
 * `plain-run.mjs`, need nothing but Node, and are what CI runs.
 *
 * @type {Record<string, { project?: string, file?: string, tests?: string }>}
 */
export const SUITES = {
  decision: {},
  // The contract, on each store.
  memory: {},
  sqlite: { project: 'e2e', file: 'test/contract/store-contract.e2e-spec.ts', tests: 'stores on SQLite' },
  postgres: {
    project: 'services',
    file: 'test/contract/store-contract.services-spec.ts',
    tests: 'stores on postgres',
  },
  mariadb: {
    project: 'services',
    file: 'test/contract/store-contract.services-spec.ts',
    tests: 'stores on mariadb',
  },
  // The same, in a process whose clock is an hour fast.
  'host clock, SQLite': { project: 'e2e', file: 'test/contract/host-clock.e2e-spec.ts' },
  'host clock, servers': { project: 'services', file: 'test/contract/host-clock.services-spec.ts' },
  // Several processes, and what a host does around us.
  'host transaction': { project: 'e2e', file: 'test/races/sqlite-host-transaction.e2e-spec.ts' },
  'locked row': { project: 'services', file: 'test/races/locked-row.services-spec.ts' },
  isolation: { project: 'services', file: 'test/races/isolation.services-spec.ts' },
  reuse: { project: 'services', file: 'test/races/reuse.services-spec.ts' },
  'revoke all': { project: 'services', file: 'test/races/revoke-all.services-spec.ts' },
  'first epoch': { project: 'services', file: 'test/races/first-epoch.services-spec.ts' },
};

/** Whether a suite needs neither a database nor Jest. */
export const isPlain = (name) => SUITES[name].project === undefined;
