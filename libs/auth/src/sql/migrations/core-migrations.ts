import type { FeatureMigration } from '../../features/auth-feature.js';
import { ATTEMPTS } from '../tables/attempt.table.js';
import { FAMILIES } from '../tables/refresh-token-family.table.js';
import { REVOCATIONS } from '../tables/revocation.table.js';
import { SECURITY_EVENTS } from '../tables/security-event.table.js';
import { SESSIONS } from '../tables/session.table.js';
import { SIGNING_KEYS } from '../tables/signing-key.table.js';
import { SUBJECTS } from '../tables/subject.table.js';

/** Creates the tables of subjects and sign-ins, of what is announced of them, and of security events. */
export const CREATE_AUTH_TABLES: FeatureMigration = {
  name: 'CreateAuthTables1795219200000',
  creates: [SUBJECTS, SESSIONS, FAMILIES, REVOCATIONS, SECURITY_EVENTS],
};

/**
 * Creates the table of managed signing keys. Where it ran in version 0.1 it has created the tables of service clients as
 * well; elsewhere the feature's own migration does.
 */
export const CREATE_KEY_TABLE: FeatureMigration = {
  name: 'CreateKeyAndClientTables1795824000000',
  creates: [SIGNING_KEYS],
};

/** Adds the version of a subject's credentials. */
export const ADD_CREDENTIAL_VERSION: FeatureMigration = {
  name: 'AddCredentialVersion1798934400000',
  creates: [],
  adds: [{ table: SUBJECTS, columns: ['credentialVersion'] }],
};

/** Creates the table of counters of tries. */
export const CREATE_ATTEMPT_TABLE: FeatureMigration = {
  name: 'CreateAttemptTable1798938000000',
  creates: [ATTEMPTS],
};

/** Adds the list of a family's access tokens that were revoked by themselves. */
export const ADD_REVOKED_TOKENS: FeatureMigration = {
  name: 'AddRevokedTokens1798977600000',
  creates: [],
  adds: [{ table: FAMILIES, columns: ['revokedTokens'] }],
};

/** The migrations of the core, in their order. */
export const CORE_MIGRATIONS: readonly FeatureMigration[] = [
  CREATE_AUTH_TABLES,
  CREATE_KEY_TABLE,
  ADD_CREDENTIAL_VERSION,
  CREATE_ATTEMPT_TABLE,
  ADD_REVOKED_TOKENS,
];
