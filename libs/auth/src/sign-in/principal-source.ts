import { Logger } from '@nestjs/common';
import { principalProfile } from '../access-tokens/principal-profile.js';
import { StoreUnavailableError } from '../errors/auth-error.js';
import { PasswordsBusyError } from '../errors/busy-error.js';
import type { Principal, SignInKind } from '../principal/principal.js';
import type { LateDirectory } from './late-directory.js';
import type { Subject, UserDirectory } from '../principal/user-directory.js';
import { isSubject } from '../subjects/subject-key.js';
import { inTime } from '../time/in-time.js';

const DEADLINE_MS = 10_000;

/** A subject that may sign in, with what its principals say of it. */
export interface LoadedSubject {
  readonly id: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly profile: Readonly<Record<string, unknown>>;
}

export interface PrincipalSignIn {
  readonly id: string;
  readonly kind: SignInKind;
  readonly authenticatedAt: number;
  readonly methods: readonly string[];
  /** Scopes that the sign-in was narrowed to; null: all. */
  readonly scopes: readonly string[] | null;
}

/**
 * Subjects as the host's directory knows them now. Whatever the directory throws, answers wrongly or does not
 * answer in ten seconds is StoreUnavailableError: an outage signs nobody out.
 */
export class PrincipalSource {
  private readonly logger = new Logger('AuthModule');

  constructor(
    private readonly directory: Pick<LateDirectory, 'get'>,
    private readonly claims: (subject: Subject) => Readonly<Record<string, unknown>>,
  ) {}

  /** Asks the directory. Throws StoreUnavailableError. */
  async ask<T>(question: (directory: UserDirectory) => Promise<T>): Promise<T> {
    try {
      return await inTime(DEADLINE_MS, question(this.directory.get()));
    } catch (cause) {
      if (cause instanceof PasswordsBusyError) throw cause;
      this.logger.error(
        `the user directory failed: ${cause instanceof Error ? cause.message : 'not an Error'}`,
      );
      throw new StoreUnavailableError({ cause });
    }
  }

  /** The subject as it is now; null when it is gone or disabled. Throws StoreUnavailableError. */
  async load(subject: string): Promise<LoadedSubject | null> {
    const loaded = await this.ask(async (directory) => {
      const found = await directory.loadSubject(subject);
      if (found === null || found === undefined || found.disabled) return null;
      if (found.id !== subject) throw new TypeError('loadSubject must return the subject it was asked for');
      return { found, roles: words(found.roles, 'roles'), scopes: words(found.scopes, 'scopes') };
    });
    if (!loaded) return null;
    const { found, roles, scopes } = loaded;
    return { id: subject, roles, scopes, profile: this.profileOf(found) };
  }

  private profileOf(subject: Subject): Readonly<Record<string, unknown>> {
    try {
      return principalProfile(this.claims, subject);
    } catch (cause) {
      this.logger.error(
        `accessTokens.claims failed: ${cause instanceof Error ? cause.message : 'not an Error'}`,
      );
      throw new StoreUnavailableError({ cause });
    }
  }

  /** The subject that has an identifier; null when nobody does. Throws StoreUnavailableError. */
  find(identifier: string): Promise<string | null> {
    return this.ask(async (directory) => {
      const found: unknown = await directory.findSubject(identifier);
      if (found === null || found === undefined) return null;
      if (!isSubject(found))
        throw new TypeError('findSubject must return a string of at most 255 bytes, or null');
      return found;
    });
  }
}

export function principalOf(loaded: LoadedSubject, signIn: PrincipalSignIn): Principal {
  const { id, roles, scopes, profile } = loaded;
  return Object.freeze({
    ...profile,
    id,
    roles,
    scopes: signIn.scopes === null ? scopes : scopes.filter((scope) => signIn.scopes!.includes(scope)),
    signInId: signIn.id,
    kind: signIn.kind,
    authenticatedAt: new Date(signIn.authenticatedAt),
    methods: signIn.methods,
  }) as Principal;
}

function words(value: unknown, member: string): readonly string[] {
  if (value === undefined || value === null) return [];
  if (
    !Array.isArray(value) ||
    !value.every((word) => typeof word === 'string' && word !== '' && !/\s/.test(word))
  ) {
    throw new TypeError(`loadSubject must return "${member}" as a list of words`);
  }
  return Object.freeze([...(value as string[])]);
}
