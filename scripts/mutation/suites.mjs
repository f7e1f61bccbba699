/**
 * The suites that mutants are shown to, by the name that a mutant calls them. Those with a `project` are run by Jest;
 * the others in a process of their own, which is up sooner: a spec of pure functions, or the contract on a store.
 *
 * @type {Record<string, {
 *   project?: string, file?: string,
 *   spec?: string, contractOn?: 'memory' | 'sqlite' | 'postgres' | 'mariadb', hostClockIsWrong?: boolean,
 * }>}
 */
export const SUITES = {
  decision: { spec: 'refresh-tokens/rotation-decision.spec.js' },
  'token revocation': {
    project: 'unit',
    file: 'libs/auth/src/refresh-tokens/token-revocation.spec.ts',
  },
  memory: { contractOn: 'memory' },
  sqlite: { contractOn: 'sqlite' },
  postgres: { contractOn: 'postgres' },
  mariadb: { contractOn: 'mariadb' },
  'sqlite, host clock wrong': { contractOn: 'sqlite', hostClockIsWrong: true },
  'postgres, host clock wrong': { contractOn: 'postgres', hostClockIsWrong: true },
  'mariadb, host clock wrong': { contractOn: 'mariadb', hostClockIsWrong: true },
  'feed check': { project: 'unit', file: 'libs/auth/src/revocation-check/feed-check.spec.ts' },
  'key schedule': { spec: 'keys/key-schedule.spec.js' },
  'private keys': { project: 'unit', file: 'libs/auth/src/keys/private-key-encryption.spec.ts' },
  'managed keys': { project: 'unit', file: 'libs/auth/src/keys/key-rotation.spec.ts' },
  'shared records': { project: 'unit', file: 'libs/auth/src/shared-cache/shared-cache.spec.ts' },
  'guarded cache': { project: 'unit', file: 'libs/auth/src/shared-cache/cache-circuit-breaker.spec.ts' },
  'looked-up token': {
    project: 'unit',
    file: 'libs/auth/src/revocation-check/lookup-check.spec.ts',
  },
  'store clock': { project: 'unit', file: 'libs/auth/src/time/store-clock.spec.ts' },
  'invalidating stores': { project: 'unit', file: 'libs/auth/src/stores/cache-invalidating-stores.spec.ts' },
  'stored hashes': {
    project: 'unit',
    file: 'libs/auth/src/users/password-hashes/read-stored-hash.spec.ts',
  },
  'refusal times': { project: 'unit', file: 'libs/auth/src/users/refusal-times.spec.ts' },
  'hash upgrades': { project: 'unit', file: 'libs/auth/src/users/user-passwords.spec.ts' },
  'password hashes': { project: 'e2e', file: 'test/sign-in/password-hashes.e2e-spec.ts' },
  'near cache': { project: 'e2e', file: 'test/sessions/near-cache.e2e-spec.ts' },
  'own changes': { project: 'e2e', file: 'test/stores/own-changes.e2e-spec.ts' },
  'former sessions': { project: 'e2e', file: 'test/former-sign-ins/spent.e2e-spec.ts' },
  'gates of former sessions': { project: 'e2e', file: 'test/former-sign-ins/gates.e2e-spec.ts' },
  'former express sessions': { project: 'e2e', file: 'test/former-sign-ins/express-session.e2e-spec.ts' },
  'former tokens': { project: 'e2e', file: 'test/former-sign-ins/refresh-jwt.e2e-spec.ts' },
  'former options': { project: 'e2e', file: 'test/former-sign-ins/options.e2e-spec.ts' },
  handover: { project: 'e2e', file: 'test/handover/handover.e2e-spec.ts' },
  'handover store': { project: 'e2e', file: 'test/contract/handovers.e2e-spec.ts' },
  'former claims': { project: 'e2e', file: 'test/contract/former-claims.e2e-spec.ts' },
  'action tokens': { project: 'e2e', file: 'test/contract/action-tokens.e2e-spec.ts' },
  'magic links': { project: 'e2e', file: 'test/account-flows/magic-link.e2e-spec.ts' },
  'link scanners': { project: 'e2e', file: 'test/account-flows/link-scanners.e2e-spec.ts' },
  codes: { project: 'e2e', file: 'test/account-flows/sign-in-code.e2e-spec.ts' },
  'first proof': { project: 'e2e', file: 'test/account-flows/first-proof.e2e-spec.ts' },
  // Several processes, and what a host does around us.
  'host transaction': { project: 'e2e', file: 'test/races/sqlite-host-transaction.e2e-spec.ts' },
  'locked row': { project: 'proofs', file: 'test/races/locked-row.proofs-spec.ts' },
  isolation: { project: 'services', file: 'test/races/isolation.services-spec.ts' },
  'revoke all': { project: 'services', file: 'test/races/revoke-all.services-spec.ts' },
  outages: { project: 'proofs', file: 'test/nodes/outages.proofs-spec.ts' },
  'waiting for a connection': {
    project: 'unit',
    file: 'libs/auth/src/sql/database/server-database.spec.ts',
  },
  'sign-in limit': { project: 'services', file: 'test/races/sign-in-limit.services-spec.ts' },
  'session data': { project: 'services', file: 'test/races/session-data.services-spec.ts' },
  'what ends what': { project: 'services', file: 'test/nodes/what-ends-what-by-polling.services-spec.ts' },
  'first epoch': { project: 'services', file: 'test/races/first-epoch.services-spec.ts' },
};

/** What CI runs. */
export const IN_MEMORY = [
  'decision',
  'token revocation',
  'key schedule',
  'private keys',
  'managed keys',
  'memory',
  'shared records',
  'guarded cache',
  'looked-up token',
  'feed check',
  'store clock',
  'invalidating stores',
  'near cache',
  'own changes',
  'stored hashes',
  'refusal times',
  'hash upgrades',
  'password hashes',
  'former sessions',
  'gates of former sessions',
  'former express sessions',
  'former tokens',
  'former options',
  'former claims',
  'handover',
  'handover store',
  'action tokens',
  'magic links',
  'link scanners',
  'codes',
  'first proof',
];

export const needsServers = (name) =>
  ['services', 'proofs'].includes(SUITES[name].project) ||
  ['postgres', 'mariadb'].includes(SUITES[name].contractOn);
