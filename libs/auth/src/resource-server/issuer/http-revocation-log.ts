import { LRUCache } from 'lru-cache';
import { AuthError, StoreUnavailableError } from '../../errors/auth-error.js';
import { membersOf, type HttpClient, type HttpAnswer } from '../../http-client/http-client.js';
import { RevocationLog, type RevocationLogReading } from '../../revocation/revocation-log.js';
import { OutageLog } from './outage-log.js';
import type { ServiceTokenClient } from './service-token-client.js';
import type { RevocationEvent, RevocationEventKind } from '../../revocation/revocation-event.js';

/** The scope of a service client that may read revocations. */
const REVOCATIONS_SCOPE = 'revocations';
const LIMITS = { timeoutMs: 5_000, maxBytes: 8 * 1024 * 1024 };
/** So many fit into a URL. */
const IDS_AT_ONCE = 200;
/** Pages that are cached with their ETag, so that the issuer can answer that they have not changed. */
const PAGES_KEPT = 4;

interface Page {
  readonly etag: string;
  readonly revocations: RevocationLogReading['revocations'];
}

/**
 * An issuer's revocations, read from its route `GET /auth/revocations`. Each reading is of the issuer's own store at the
 * moment it is asked, as for a process of the issuer; what has not changed is not sent again (RFC 9110, section 13.1.2).
 */
export class HttpRevocationLog extends RevocationLog {
  private readonly outages = new OutageLog('the revocations of the issuer cannot be read');
  private readonly pages = new LRUCache<string, Page>({ max: PAGES_KEPT });

  constructor(
    /** The route, and whom the token is for. */
    private readonly source: { readonly url: string; readonly audience: string },
    private readonly tokens: Pick<ServiceTokenClient, 'token' | 'forget'>,
    private readonly remote: HttpClient,
  ) {
    super();
  }

  readAfter(after: number, limit: number): Promise<RevocationLogReading> {
    return this.read(new URLSearchParams({ after: String(after), limit: String(limit) }), after);
  }

  async readOf(ids: readonly number[]): Promise<RevocationLogReading> {
    const parts: RevocationLogReading[] = [];
    for (let i = 0; i < ids.length; i += IDS_AT_ONCE)
      parts.push(await this.read(new URLSearchParams({ ids: ids.slice(i, i + IDS_AT_ONCE).join(',') })));
    const revocations = parts.flatMap((part) => part.revocations);
    return { revocations, now: Math.min(...parts.map(({ now }) => now)) };
  }

  private async read(query: URLSearchParams, after = 0): Promise<RevocationLogReading> {
    const url = `${this.source.url}?${query.toString()}`;
    try {
      let answer = await this.ask(url);
      // The token may have been revoked, or its key dropped: the next one will do, or nothing will.
      if (answer.status === 401) answer = await this.ask(url);
      const reading = this.readingOf(url, answer, after);
      this.outages.answered();
      return reading;
    } catch (error) {
      // An operator needs the token endpoint's message about an outage, or about this client.
      const cause = error instanceof StoreUnavailableError ? error.cause : error;
      this.outages.failed(
        cause instanceof AuthError
          ? new Error(
              `its client is refused a token (${cause.code}) with the scope ${REVOCATIONS_SCOPE} for the audience ${this.source.audience}`,
            )
          : cause,
      );
      throw error instanceof StoreUnavailableError ? error : new StoreUnavailableError({ cause });
    }
  }

  private async ask(url: string): Promise<HttpAnswer> {
    const token = await this.tokens.token({ audience: this.source.audience, scopes: [REVOCATIONS_SCOPE] });
    const known = this.pages.get(url);
    const headers = { authorization: `Bearer ${token}`, ...(known && { 'if-none-match': known.etag }) };
    const answer = await this.remote.ask(url, { headers }, LIMITS);
    if (answer.status === 401) this.tokens.forget(token);
    return answer;
  }

  private readingOf(url: string, answer: HttpAnswer, after: number): RevocationLogReading {
    const known = this.pages.get(url);
    if (answer.status === 304 && known) {
      const now = Number(answer.headers.get('aerie-now') ?? NaN);
      if (!isInstant(now)) throw new Error(`${this.source.url} answered without its time`);
      return { revocations: known.revocations, now };
    }
    const { now, revocations: given } = membersOf(url, answer);
    const revocations = revocationsOf(given, after);
    if (!revocations || !isInstant(now))
      throw new Error(`${this.source.url} answered with something else than revocations`);
    const etag = answer.headers.get('etag');
    if (etag) this.pages.set(url, { etag, revocations });
    return { revocations, now };
  }
}

const KINDS: Readonly<Record<RevocationEventKind, true>> = {
  sign_in: true,
  sign_in_changed: true,
  subject_stale: true,
  everything: true,
  token: true,
  client: true,
  keys: true,
};

/** Kinds that end tokens of an earlier epoch: without an epoch they would end nothing. */
const WITH_EPOCH: readonly RevocationEventKind[] = ['subject_stale', 'everything', 'client'];

/** Whether a value is an instant in epoch milliseconds. */
function isInstant(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/**
 * The revocations of an issuer's answer, by ascending id, each greater than `after`; `undefined` when any of them cannot be
 * understood: what an unknown kind would end must not pass for nothing, nor the same page for the next one.
 */
function revocationsOf(given: unknown, after: number): readonly RevocationEvent[] | undefined {
  if (!Array.isArray(given)) return undefined;
  const revocations: RevocationEvent[] = [];
  let last = after;
  for (const one of given as unknown[]) {
    const read = revocationOf(one);
    if (!read || !(read.id > last)) return undefined;
    last = read.id;
    revocations.push(read);
  }
  return revocations;
}

function revocationOf(given: unknown): RevocationEvent | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { id, kind, value, epoch, created_at, expires_at } = given as Record<string, unknown>;
  if (!Number.isSafeInteger(id) || typeof kind !== 'string' || !Object.hasOwn(KINDS, kind)) return undefined;
  if (typeof value !== 'string' || !isInstant(created_at) || !isInstant(expires_at)) return undefined;
  const needsEpoch = WITH_EPOCH.includes(kind as RevocationEventKind);
  if (!Number.isSafeInteger(epoch) && (needsEpoch || epoch !== null)) return undefined;
  return {
    id: id as number,
    kind: kind as RevocationEventKind,
    value,
    epoch: epoch as number | null,
    createdAt: created_at,
    expiresAt: expires_at,
  };
}
