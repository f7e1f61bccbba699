import { Logger } from '@nestjs/common';
import { principalProfile } from '../access-tokens/principal-profile.js';
import { StoreUnavailableError } from '../errors/auth-error.js';
import { PasswordsBusyError } from '../errors/busy-error.js';
import type { Principal, SignInKind } from '../principal/principal.js';
import type { LateDirectory } from './late-directory.js';
import type { CompleteUserDirectory, Subject } from '../principal/user-directory.js';
import { looksLikeClient } from '../service-tokens/service-token.js';
import { subjectText, whyNoSubject } from '../subjects/subject-id.js';
import { inTime } from '../time/deadline.js';
import { failureMessage } from '../errors/failure-message.js';

/**
 * The host's user directory returned a wrong value: a mistake of the program, which a retry does not solve. It is no AuthError:
 * the response is a 500, and the log names the mistake.
 */
export class DirectoryMistakeError extends TypeError {
  constructor(message: string) {
    super(message);
    this.name = 'DirectoryMistakeError';
  }
}

const DEADLINE_MS = 10_000;

const ID = 'a string of at most 255 bytes, a safe integer or a bigint';

/** A subject that may sign in, with what its principals say of it. */
export interface LoadedSubject {
  readonly id: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly profile: Readonly<Record<string, unknown>>;
  /** The subject's epoch, as far as the feed had it when the loading began; left out by a loading that does not follow it. */
  readonly epoch?: number;
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
 * Loads subjects from the host's directory. An error of the directory, or no answer in ten seconds, is StoreUnavailableError: all
 * users stay signed in. A wrong return value is DirectoryMistakeError.
 */
export class UserLoader {
  private readonly logger = new Logger('AuthModule');

  constructor(
    private readonly directory: Pick<LateDirectory, 'get'>,
    private readonly claims: (subject: Subject) => Readonly<Record<string, unknown>>,
  ) {}

  /** Asks the directory. Throws PasswordsBusyError, DirectoryMistakeError, StoreUnavailableError. */
  async ask<T>(
    question: (directory: CompleteUserDirectory) => Promise<T>,
    deadlineMs = DEADLINE_MS,
  ): Promise<T> {
    try {
      return await inTime(deadlineMs, question(this.directory.get()));
    } catch (cause) {
      if (cause instanceof PasswordsBusyError) throw cause;
      this.logger.error(`the user directory failed: ${failureMessage(cause)}`);
      if (cause instanceof DirectoryMistakeError) throw cause;
      throw new StoreUnavailableError({ cause });
    }
  }

  /** The subject as it is now; null when it is gone or disabled. Throws StoreUnavailableError. */
  async load(subject: string): Promise<LoadedSubject | null> {
    const loaded = await this.ask(async (directory) => {
      const found = await directory.loadSubject(subject);
      if (found === null || found === undefined || found.disabled) return null;
      const id = subjectText(found.id);
      if (id === undefined)
        throw new DirectoryMistakeError(
          `loadSubject must return ${ID} as "id" (got ${whyNoSubject(found.id)})`,
        );
      if (id !== subject)
        throw new DirectoryMistakeError(
          'loadSubject must return the subject it was asked for (got another "id")',
        );
      if (looksLikeClient(id))
        throw new DirectoryMistakeError(
          'a subject must not have an id that begins with "client:", as the "sub" of a service does (got one that does)',
        );
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
      this.logger.error(`accessTokens.claims failed: ${failureMessage(cause)}`);
      throw new StoreUnavailableError({ cause });
    }
  }

  /** The subject that has an identifier; null if there is none. Throws StoreUnavailableError. */
  find(identifier: string): Promise<string | null> {
    return this.ask(async (directory) => {
      const found: unknown = await directory.findSubject(identifier);
      if (found === null || found === undefined) return null;
      const id = subjectText(found);
      if (id === undefined)
        throw new DirectoryMistakeError(
          `findSubject must return ${ID}, or null (got ${whyNoSubject(found)})`,
        );
      return id;
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
    throw new DirectoryMistakeError(`loadSubject must return "${member}" as a list of words`);
  }
  return Object.freeze([...(value as string[])]);
}
