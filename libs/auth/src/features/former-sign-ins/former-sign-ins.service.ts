import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { FormerCredentials } from '../../context/credentials/former-credentials.js';
import type { HttpRequest, HttpResponse } from '../../context/http-request.js';
import { cookiesOf } from '../../context/request-credentials.js';
import { requesterOf } from '../../context/requester-of.js';
import { StoreUnavailableError } from '../../errors/auth-error.js';
import type { SignInResponse } from '../../http/sign-in-response.js';
import type { Principal } from '../../principal/principal.js';
import type { PresentedFormerToken } from '../../sign-in/former-tokens.js';
import type { TokensResult } from '../../sign-in/sign-in-result.js';
import type { ProvenSignIn, SignOut } from '../../sign-in/sign-out.js';
import type { Clock } from '../../time/clock.js';
import { inTime } from '../../time/deadline.js';
import type { FormerClaimStore } from './claims/former-claim-store.js';
import type { FormerCredential } from './credentials/former-credential.js';
import type { ResolvedFormerSignInsOptions } from './accepted-credentials.js';
import type { OpenedSignIns } from './redemption/opened-sign-ins.js';
import { attemptOf, presentedAs, type PresentedFormer } from './redemption/presented-former.js';
import type { Redemption } from './redemption/redemption.js';
import { failureMessage } from '../../errors/failure-message.js';

const DAY_MS = 86_400_000;
/** Rows outlive `until` by this, so that a later `until` brings no spent credential back. */
const KEPT_MS = 30 * DAY_MS;
const SOON_MS = 14 * DAY_MS;
const END_DEADLINE_MS = 5_000;
const MAX_REMEMBERED = 10_000;

interface Parts {
  readonly redemption: Redemption;
  readonly opened: OpenedSignIns;
  readonly claims: FormerClaimStore;
  readonly signOut: SignOut;
  readonly answer: SignInResponse;
  readonly clock: Clock;
}

/** What `formerSignIns()` accepts, as requests bring it. */
export class FormerSignIns extends FormerCredentials implements OnApplicationBootstrap {
  readonly refreshCookies: readonly string[];
  private readonly logger = new Logger('AuthModule');
  private readonly sessions: readonly FormerCredential[];
  private readonly tokens: readonly FormerCredential[];
  /** Cookies whose credential is known to be spent: each is written once by a process. */
  private readonly spentCookies = new LRUCache<string, true>({ max: MAX_REMEMBERED });
  private saidItIsOver = false;

  /** @internal */
  constructor(
    private readonly parts: Parts,
    private readonly options: ResolvedFormerSignInsOptions,
    /** The refresh cookie of ours. */
    private readonly ownRefreshCookie: string,
  ) {
    super();
    this.sessions = options.accept.filter(({ opens }) => opens === 'session');
    this.tokens = options.accept.filter(({ opens }) => opens === 'tokens');
    this.refreshCookies = this.tokens.flatMap(({ cookie }) => cookie ?? []);
  }

  onApplicationBootstrap(): void {
    const left = this.options.until - this.parts.clock.now();
    if (left <= 0) this.sayItIsOver();
    else if (left < SOON_MS)
      this.logger.warn(
        `formerSignIns accepts former credentials until ${new Date(this.options.until).toISOString()}: after that, users sign in again with their password`,
      );
  }

  isHeldBy(request: HttpRequest): boolean {
    return this.sessions.some(({ cookie }) => cookiesOf(request, cookie!).length > 0);
  }

  async signIn(request: HttpRequest, response: unknown): Promise<Principal | undefined> {
    if (!response || cookiesOf(request, this.ownRefreshCookie).length > 0 || this.isOver()) return undefined;
    for (const presented of this.inCookies(request, this.sessions)) {
      const terms = { mode: 'session', attemptHash: null, requester: requesterOf(request) } as const;
      const result = await this.parts.redemption.redeem(presented, terms);
      if (!result) continue;
      this.parts.answer.of(result, response);
      (response as HttpResponse).header('Cache-Control', 'no-store');
      return result.principal;
    }
    return undefined;
  }

  async refresh({
    value,
    mode,
    idempotencyKey,
    requester,
  }: PresentedFormerToken): Promise<TokensResult | null> {
    const presented = typeof value === 'string' ? this.ofKinds(value, this.tokens) : undefined;
    if (!presented || this.isOver()) return null;
    const attemptHash = attemptOf(presented, idempotencyKey);
    const result = await this.parts.redemption.redeem(presented, { mode, attemptHash, requester });
    return result && result.mode !== 'session' ? result : null;
  }

  received(request: HttpRequest): void {
    for (const { cookie } of this.sessions) {
      for (const value of cookiesOf(request, cookie!)) {
        if (this.spentCookies.has(value)) continue;
        const presented = this.ofKinds(value, this.sessions);
        // Remembered after the check alone: its values are short, and none is made up.
        if (!presented) continue;
        this.spentCookies.set(value, true);
        if (this.hasEnded()) continue;
        this.parts.claims.spend(presented.digest).catch((error: unknown) => {
          this.spentCookies.delete(value);
          this.logger.warn(`a former session could not be marked as spent: ${failureMessage(error)}`);
        });
      }
    }
  }

  async openedBy(request: HttpRequest, kind: 'session' | 'tokens'): Promise<readonly ProvenSignIn[]> {
    const found: ProvenSignIn[] = [];
    const kinds = kind === 'session' ? this.sessions : this.tokens;
    for (const presented of this.everyInCookies(request, kinds)) {
      const signIn = await this.signInOf(presented);
      if (signIn) found.push(signIn);
    }
    return found;
  }

  async spend(request: HttpRequest): Promise<void> {
    for (const { digest } of this.everyInCookies(request, this.options.accept))
      await this.parts.claims.spend(digest);
  }

  /** Spent first: whatever is opening meanwhile ends itself. */
  async end(request: HttpRequest, tokenInBody: string | undefined): Promise<void> {
    const inBody = tokenInBody === undefined ? undefined : this.ofKinds(tokenInBody, this.tokens);
    const inCookies = this.everyInCookies(request, this.options.accept);
    for (const presented of [...inCookies, ...(inBody ? [inBody] : [])]) {
      const { digest, kind, value } = presented;
      await this.parts.claims.spend(digest);
      const signIn = await this.signInOf(presented);
      if (signIn) await this.parts.signOut.endProven(signIn, 'signed_out');
      if (!kind.end) continue;
      try {
        await inTime(END_DEADLINE_MS, kind.end(value));
      } catch (cause) {
        throw new StoreUnavailableError({ cause });
      }
    }
  }

  /** Deletes rows once nothing can be accepted any more. */
  async sweep(limit: number): Promise<number> {
    const { claims, clock } = this.parts;
    return clock.now() < this.options.until + KEPT_MS ? 0 : claims.sweep(limit);
  }

  private async signInOf(presented: PresentedFormer): Promise<ProvenSignIn | undefined> {
    const { claims, opened } = this.parts;
    const signInId = (await claims.find(presented.digest))?.claim.signInId;
    if (signInId === undefined || signInId === null) return undefined;
    const status = await opened.statusOf(presented, signInId);
    return status.kind === 'live' ? { id: signInId, subject: status.subject } : undefined;
  }

  /**
   * Of cookies that came twice, every one: what was planted must not keep the other alive, where credentials end. How many
   * that can be, the server's limit of headers says.
   */
  private everyInCookies(
    request: HttpRequest,
    kinds: readonly FormerCredential[],
  ): readonly PresentedFormer[] {
    const found = new Map<string, PresentedFormer>();
    for (const kind of kinds) {
      for (const value of kind.cookie === undefined ? [] : cookiesOf(request, kind.cookie)) {
        const presented = presentedAs(kind, value);
        if (presented) found.set(presented.digest, presented);
      }
    }
    return [...found.values()];
  }

  /** Of a cookie that came twice, neither counts: one of them was planted. */
  private inCookies(request: HttpRequest, kinds: readonly FormerCredential[]): readonly PresentedFormer[] {
    return kinds.flatMap((kind) => {
      const [value, ...more] = kind.cookie === undefined ? [] : cookiesOf(request, kind.cookie);
      const presented = value === undefined || more.length > 0 ? undefined : presentedAs(kind, value);
      return presented ?? [];
    });
  }

  private ofKinds(value: string, kinds: readonly FormerCredential[]): PresentedFormer | undefined {
    for (const kind of kinds) {
      const presented = presentedAs(kind, value);
      if (presented) return presented;
    }
    return undefined;
  }

  private hasEnded(): boolean {
    return this.parts.clock.now() >= this.options.until;
  }

  private isOver(): boolean {
    if (!this.hasEnded()) return false;
    this.sayItIsOver();
    return true;
  }

  private sayItIsOver(): void {
    if (this.saidItIsOver) return;
    this.saidItIsOver = true;
    this.logger.warn(
      `formerSignIns accepts nothing since ${new Date(this.options.until).toISOString()}: leave it out of "features" in 30 days`,
    );
  }
}
