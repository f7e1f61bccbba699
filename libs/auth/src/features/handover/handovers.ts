import { randomBytes, randomUUID } from 'node:crypto';
import type { KnownDevices } from '../../attempts/known-devices.js';
import type { SecurityEventSink } from '../../audit/security-event.js';
import { equalInConstantTime } from '../../crypto/constant-time.js';
import { ScopeInvalidError, SessionInvalidError } from '../../errors/auth-error.js';
import { localPath } from '../../http/local-path.js';
import type { Principal } from '../../principal/principal.js';
import { type Requester, UNKNOWN_REQUESTER } from '../../principal/requester.js';
import { principalArgument, wordsOf } from '../../sign-in/sign-in-arguments.js';
import type { RecentSignIn } from '../../sign-in/recent-sign-in.js';
import type { SignInOpener } from '../../sign-in/sign-in-opener.js';
import type { SignInResult } from '../../sign-in/sign-in-result.js';
import { commonScopes } from '../../sign-in/sign-in-scopes.js';
import type { SignOut } from '../../sign-in/sign-out.js';
import type { SignInLimit } from '../../subjects/sign-in-limit.js';
import type { SubjectStore } from '../../subjects/subject-store.js';
import { principalOf, type UserLoader } from '../../users/user-loader.js';
import { OptionReader } from '../../validation/option-reader.js';
import { HandoverFromChildError, HandoverInvalidError, HandoverLimitError } from './handover-errors.js';
import type { HandoverParent, HandoverParents } from './handover-parents.js';
import type { HandoverTokens } from './handover-token.js';
import type { HandoverReading, HandoverRow, HandoverStore } from './store/handover-store.js';

/** How long a link can be opened. */
export const HANDOVER_LIFE_MS = 60_000;
const RECENT = '5m';
const MAX_TRIES = 3;

/** What a handover is asked for with: a principal that authenticated in the last five minutes, or a refresh token. */
export type HandoverOwner = Principal | { readonly refreshToken: string };

/** Options of `Handovers.offer`. */
export interface OfferOptions {
  /** Narrows the new sign-in to some of the scopes. Default: all that the sign-in has. */
  readonly scopes?: readonly string[];
  /** Where the browser goes then: a path of the application. Default: the option `target`. */
  readonly target?: string;
  readonly requester?: Requester;
}

/** A link to open in a browser. */
export interface HandoverOffer {
  /** Good once. Never log it. */
  readonly token: string;
  readonly expiresAt: Date;
}

/** What a link would do, for the page that asks. */
export interface HandoverPreview {
  readonly subject: string;
  /** As the page names it. */
  readonly accountName: string;
  readonly target: string;
}

interface Parts {
  readonly store: HandoverStore;
  readonly tokens: HandoverTokens;
  readonly parents: HandoverParents;
  readonly recent: RecentSignIn;
  readonly subjects: SubjectStore;
  readonly users: UserLoader;
  readonly opener: SignInOpener;
  readonly signOut: SignOut;
  readonly events: SecurityEventSink;
  readonly devices: KnownDevices;
}

/**
 * Hands a sign-in over from an application to a browser. Inject it for routes of your own. The sign-in that is opened lives no
 * longer than its parent, ends with it, and is kept with it.
 */
export class Handovers {
  /** @internal */
  constructor(
    private readonly parts: Parts,
    private readonly limit: SignInLimit | null,
    private readonly options: {
      readonly target: string;
      readonly accountName: (user: Principal) => string;
    },
  ) {}

  /**
   * A link that opens one sign-in of the same user, within 60 s. It takes the place of the sign-in's former link.
   *
   * @throws RecentSignInRequiredError for a principal that authenticated more than five minutes ago.
   * @throws RefreshTokenInvalidError for a refresh token that could not be refreshed, SessionInvalidError for a sign-in that
   * has ended.
   * @throws HandoverFromChildError for a sign-in that was itself handed over, HandoverLimitError after 100 of them.
   * @throws ScopeInvalidError for a scope that the sign-in does not have, RequestInvalidError for another `target` than a path.
   * @throws StoreUnavailableError when a store cannot answer.
   * @example
   * ```ts
   * import type { Handovers } from 'nestjs-aerie/handover';
   *
   * export async function billingLink(handovers: Handovers, refreshToken: string) {
   *   const { token } = await handovers.offer({ refreshToken }, { target: '/billing' });
   *   return `https://app.example.com/auth/handover/open/${token}`;
   * }
   * ```
   */
  async offer(owner: HandoverOwner, options: OfferOptions = {}): Promise<HandoverOffer> {
    const { scopes, target, requester } = this.offerArguments(options);
    const parent = await this.parentOf(owner, requester);
    const { store, tokens, events } = this.parts;
    const { token, id, secretHash } = tokens.fresh(randomUUID());
    const { id: parentId, subject } = parent;
    if (scopes && !(await this.has(parent, scopes))) throw new ScopeInvalidError();
    const kept = { id, subject, parentId, secretHash, scopes, target, lifeMs: HANDOVER_LIFE_MS };
    const outcome = await store.keep(kept);
    if (outcome === 'from_child') throw new HandoverFromChildError();
    if (outcome === 'too_many') throw new HandoverLimitError();
    const { ip, userAgent } = requester;
    events.record({ type: 'handover.offered', subject, signInId: parentId, ip, userAgent });
    return { token, expiresAt: new Date(Date.now() + HANDOVER_LIFE_MS) };
  }

  /** What a link would do. It spends nothing. Throws HandoverInvalidError, StoreUnavailableError. */
  async preview(token: unknown): Promise<HandoverPreview> {
    const { row } = await this.found(token);
    const parent = await this.parts.parents.find(row.subject, row.parentId);
    const loaded = parent && (await this.parts.users.load(row.subject));
    if (!parent || !loaded) throw new HandoverInvalidError();
    const { id, authenticatedAt, methods } = parent;
    const scopes = commonScopes(parent.scopes, row.scopes);
    const user = principalOf(loaded, { id, kind: 'session', authenticatedAt, methods, scopes });
    return { subject: row.subject, accountName: this.options.accountName(user), target: row.target };
  }

  /**
   * Opens the sign-in of a link: of any number of calls, one does. `replacing`: ids of sign-ins of the same browser, which the
   * caller ends afterwards. Throws HandoverInvalidError, SignInLimitError, StoreUnavailableError.
   */
  async open(
    token: unknown,
    mode: 'session' | 'hybrid',
    {
      requester = UNKNOWN_REQUESTER,
      replacing = [],
    }: { requester?: Requester; replacing?: readonly string[] } = {},
  ): Promise<{ readonly result: SignInResult; readonly target: string; readonly parentId: string }> {
    const { subjects, users, signOut, events, devices } = this.parts;
    for (let tried = 1; tried <= MAX_TRIES; tried++) {
      const { row } = await this.found(token);
      const { subject, parentId, target } = row;
      // First of all: whatever ends the subject from here on is noticed when the sign-in opens.
      const epochs = await subjects.epochs(subject);
      const parent = await this.parts.parents.find(subject, parentId);
      if (!parent) throw new HandoverInvalidError();
      const loaded = await users.load(subject);
      if (!loaded) {
        await signOut.endAll(subject, 'subject_gone');
        throw new HandoverInvalidError();
      }
      const opening = { epochs, ...this.openingOf(parent, row, replacing) };
      const result = await this.parts.opener.open(mode, loaded, opening, requester);
      if (result) {
        const { ip, userAgent } = requester;
        const { signInId } = result.principal;
        events.record({ type: 'handover.used', subject, signInId, parentId, ip, userAgent });
        devices.tellNew({ device: 'handover', subject, signInId, requester });
        return { result, target, parentId };
      }
      // The subject changed in between, or the parent ended, or another request was first: the next look tells.
    }
    throw new HandoverInvalidError();
  }

  private openingOf(parent: HandoverParent, row: HandoverRow, replacing: readonly string[]) {
    const { authenticatedAt, methods, expiresAt, id } = parent;
    return {
      methods,
      scopes: commonScopes(parent.scopes, row.scopes),
      label: null,
      // Parent and child count as one.
      limit: this.limit && { ...this.limit, replacing: [id, ...replacing] },
      given: {
        id: randomUUID(),
        secret: randomBytes(32),
        authenticatedAt,
        notAfter: expiresAt,
        origin: { parent: id, link: row.id },
      },
    };
  }

  /** A link that can still be opened, as far as a read tells. Throws HandoverInvalidError. */
  private async found(value: unknown): Promise<HandoverReading> {
    const { store, tokens } = this.parts;
    const token = tokens.parse(value);
    const found = token && (await store.find(token.id));
    if (!token || !found) throw new HandoverInvalidError();
    const { row, now } = found;
    const isRight = equalInConstantTime(
      Buffer.from(row.secretHash, 'hex'),
      Buffer.from(token.secretHash, 'hex'),
    );
    if (!isRight || row.childId !== null || !(now < row.expiresAt)) throw new HandoverInvalidError();
    return found;
  }

  private async parentOf(owner: HandoverOwner, requester: Requester): Promise<HandoverParent> {
    const { parents, recent } = this.parts;
    const { refreshToken } = Object(owner) as { readonly refreshToken?: unknown };
    if (typeof refreshToken === 'string') return parents.ofRefreshToken(refreshToken, requester);
    const principal = principalArgument(owner, 'owner');
    recent.require(principal, RECENT);
    const parent = await parents.find(principal.id, principal.signInId);
    if (!parent) throw new SessionInvalidError();
    return parent;
  }

  /** Whether the sign-in has all of these scopes now. */
  private async has({ subject, scopes }: HandoverParent, asked: readonly string[]): Promise<boolean> {
    const held = scopes ?? (await this.parts.users.load(subject))?.scopes ?? [];
    return asked.every((scope) => held.includes(scope));
  }

  private offerArguments(options: OfferOptions) {
    const { requester = UNKNOWN_REQUESTER, ...rest } = options;
    const reader = new OptionReader(rest);
    const scopes = wordsOf(reader, 'scopes') ?? null;
    const target = reader.has('target')
      ? reader.custom('target', 'a path of the application', (v): v is string => typeof v === 'string')
      : this.options.target;
    reader.done();
    return { scopes, target: localPath(target), requester };
  }
}
