import type { DataSource } from 'typeorm';
import { AUTH_ENTITIES } from './auth.entities.js';
import { type AuthDatabase } from './database/auth-database.js';
import { authDatabase } from './database/typeorm-auth-database.js';
import { AuthConfigError, ENTITIES_MISSING } from './errors/auth-config-error.js';
import type { ResolvedAuthOptions } from './options/resolve-auth-options.js';
import { RefreshTokenFamily } from './refresh-tokens/refresh-token-family.entity.js';
import type { RefreshTokenFamilyStore } from './refresh-tokens/refresh-token-family-store.js';
import { TypeOrmRefreshTokenFamilyStore } from './refresh-tokens/typeorm-refresh-token-family-store.js';
import type { SignInLookup } from './revocation/sign-in-lookup.js';
import { TypeOrmAnnouncements } from './revocation/typeorm-announcements.js';
import { TypeOrmSignInLookup } from './revocation/typeorm-sign-in-lookup.js';
import type { SessionStore } from './sessions/session-store.js';
import { TypeOrmSessionStore } from './sessions/typeorm-session-store.js';
import type { SignInRegistry } from './sign-in/sign-in-registry.js';
import { TypeOrmSignInRegistry } from './sign-in/typeorm-sign-in-registry.js';
import { TypeOrmSubjectEnding } from './sign-in/typeorm-subject-ending.js';
import { AuthSubject } from './subjects/auth-subject.entity.js';
import type { SubjectStore } from './subjects/subject-store.js';
import { TypeOrmSubjectStore } from './subjects/typeorm-subject-store.js';

const FIVE_MINUTES_MS = 5 * 60_000;

/** The store ports, bound to one connection. */
export abstract class AuthStores {
  abstract readonly database: AuthDatabase;
  abstract readonly subjects: SubjectStore;
  abstract readonly sessions: SessionStore;
  abstract readonly families: RefreshTokenFamilyStore;
  abstract readonly registry: SignInRegistry;
  /** Null in stateless mode. */
  abstract readonly lookup: SignInLookup | null;
}

/** Builds the stores on a TypeORM connection. Throws AuthConfigError when it is missing or lacks our entities. */
export function authStores(
  source: DataSource | undefined,
  name: string | undefined,
  options: ResolvedAuthOptions,
): AuthStores {
  if (!source) {
    const named =
      name === undefined ? 'the default connection' : `a connection named ${JSON.stringify(name)}`;
    throw new AuthConfigError(
      `"dataSource" must name a TypeORM connection of this application (got ${named}, and there is none): import TypeOrmModule.forRoot(...), or give AuthModule the connection's name`,
    );
  }
  if (!AUTH_ENTITIES.every((entity) => source.hasMetadata(entity))) {
    throw new AuthConfigError(ENTITIES_MISSING);
  }
  const { accessTokens, revocation } = options;
  const database = authDatabase(source, options.database);
  const announcements = new TypeOrmAnnouncements(
    database,
    accessTokens.longestLifetimeMs + accessTokens.clockToleranceMs + FIVE_MINUTES_MS,
  );
  const subjects = new TypeOrmSubjectStore(database);
  const endings = new TypeOrmSubjectEnding(database, subjects, announcements);
  const sessions = new TypeOrmSessionStore(database, subjects, announcements);
  const families = new TypeOrmRefreshTokenFamilyStore(database, subjects, announcements, (subject, reason) =>
    endings.ending(subject, reason),
  );
  const registry = new TypeOrmSignInRegistry(database, subjects, announcements, endings, sessions, families);
  const lookup =
    revocation.mode === 'lookup'
      ? new TypeOrmSignInLookup(database, database.table(RefreshTokenFamily), database.table(AuthSubject))
      : null;
  return { database, subjects, sessions, families, registry, lookup };
}
