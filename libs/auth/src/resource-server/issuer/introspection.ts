import { LRUCache } from 'lru-cache';
import { AccessTokenRevokedError, StoreUnavailableError } from '../../errors/auth-error.js';
import { membersOf, type HttpClient } from '../../http-client/http-client.js';
import type { Clock } from '../../time/clock.js';
import type { ClientCredentials } from './client-credentials.js';
import { OutageLog } from './outage-log.js';

/** The client that asks is not known, or may not ask (RFC 7662, section 2.3). */
const REFUSED: readonly number[] = [401, 403];
const LIMITS = { timeoutMs: 2_000, maxBytes: 64 * 1024 };

/** A token that is not active. */
const NO_TOKEN = 'health';

export interface IntrospectionRules {
  /** The issuer's introspection endpoint (RFC 7662). */
  readonly url: string;
  /** Whom an assertion of ours is for. */
  readonly audience: string | readonly string[];
  /** How long an answer is cached. */
  readonly maxStalenessMs: number;
  /** Of how many tokens. */
  readonly cacheSize: number;
}

/**
 * Asks the issuer whether a token is still good, after it was verified here. A positive answer alone is cached, from when
 * it was asked, for `maxStaleness` at most. Requests with the same token meanwhile wait for the same answer.
 */
export class Introspection {
  /** When the issuer was asked about a token that it called active, by the monotonic clock. */
  private readonly active: LRUCache<string, number>;
  /** The same of one that it called inactive: what it was asked earlier, and answered later, is not cached. */
  private readonly inactive: LRUCache<string, number>;
  private readonly outages = new OutageLog('the issuer cannot be asked about tokens');
  private readonly asking = new Map<string, { readonly askedAt: number; readonly answer: Promise<void> }>();

  constructor(
    private readonly rules: IntrospectionRules,
    private readonly credentials: ClientCredentials,
    private readonly remote: HttpClient,
    private readonly clock: Clock,
  ) {
    const max = Math.max(1, rules.cacheSize);
    this.active = new LRUCache({ max });
    this.inactive = new LRUCache({ max });
  }

  /** Whether the issuer called a token active a short time ago. `maxStalenessMs`: how old that may be; null: as the rules say. */
  cachedAsActive(token: string, maxStalenessMs: number | null): boolean {
    return this.isRecent(this.active.get(token), maxStalenessMs);
  }

  /** Throws AccessTokenRevokedError for a token that the issuer calls inactive; StoreUnavailableError if the issuer gives no clear answer. */
  async check(token: string, maxStalenessMs: number | null): Promise<void> {
    if (this.cachedAsActive(token, maxStalenessMs)) return;
    const underWay = this.asking.get(token);
    // Its answer may be as old as the question.
    if (underWay && this.isRecent(underWay.askedAt, maxStalenessMs)) return underWay.answer;
    const askedAt = this.clock.monotonic();
    const answer = this.ask(token, askedAt).finally(() => {
      if (this.asking.get(token)?.answer === answer) this.asking.delete(token);
    });
    this.asking.set(token, { askedAt, answer });
    return answer;
  }

  /** Whether the issuer answers: asked about a text that is no token. Never throws. */
  async answers(): Promise<boolean> {
    try {
      await this.ask(NO_TOKEN, this.clock.monotonic());
      return true;
    } catch (error) {
      return error instanceof AccessTokenRevokedError;
    }
  }

  private isRecent(askedAt: number | undefined, maxStalenessMs: number | null): boolean {
    const most = Math.min(maxStalenessMs ?? Infinity, this.rules.maxStalenessMs);
    return askedAt !== undefined && this.clock.monotonic() - askedAt < most;
  }

  private async ask(token: string, askedAt: number): Promise<void> {
    const { url } = this.rules;
    let active: unknown;
    try {
      const { fields, headers } = await this.credentials.proofFor(this.rules.audience, this.clock);
      const form = new URLSearchParams({ token, ...fields });
      const answer = await this.remote.ask(url, { method: 'POST', headers, form }, LIMITS);
      if (REFUSED.includes(answer.status))
        throw new Error(
          `${url} refuses its client (${answer.status}): a wrong secret or key, or no "resource"`,
        );
      ({ active } = membersOf(url, answer));
      if (typeof active !== 'boolean') throw new Error(`${url} does not say whether a token is active`);
    } catch (cause) {
      this.outages.failed(cause);
      throw new StoreUnavailableError({ cause });
    }
    this.outages.answered();
    if (!active) {
      this.inactive.set(token, askedAt);
      this.active.delete(token);
      throw new AccessTokenRevokedError();
    }
    if (askedAt >= (this.inactive.get(token) ?? -Infinity)) this.active.set(token, askedAt);
  }
}
