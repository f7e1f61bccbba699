import type { KeyObject } from 'node:crypto';
import { decodeBase64url } from '../crypto/base64url.js';
import { equalInConstantTime } from '../crypto/constant-time.js';
import type { DerivedKeys } from '../crypto/derived-keys.js';
import { hmacSha256 } from '../crypto/digest.js';
import { SignedUrlExpiredError, SignedUrlInvalidError } from '../errors/signed-url-error.js';
import type { Clock } from '../time/clock.js';
import { type Duration, durationMs } from '../time/duration.js';
import { type CanonicalUrl, canonicalUrl, SIGNATURE } from './canonical-url.js';
import type { ResolvedSignedUrlOptions } from './signed-url-options.js';

/** A method that a URL is signed for. `HEAD` is the same as `GET`. */
export type SignedMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a signed URL is good for. */
export interface SignedUrlTerms {
  /** How long it is good, such as `'15m'`, or until when. Required: a signed URL cannot be ended before. */
  readonly expires: Duration | Date;
  /** The id of the only user who may use it, signed in. Default: everyone who has the URL. */
  readonly subject?: string;
  /** Must be the purpose of the handler's `@SignedUrl({ purpose })`. Default: none. */
  readonly purpose?: string;
}

/** A signed URL that is genuine and has not expired. */
export interface VerifiedUrl {
  /** Whether it was signed for one user. */
  readonly isForSubject: boolean;
  /** Whether this user may use it; true for every user where it was signed for none. */
  admits(subject: string): boolean;
}

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** Expiry in epoch seconds, the tag of the subject or nothing, the HMAC. */
const FORM = /^([1-9]\d{0,10})\.([\w-]{22})?\.([\w-]{43})$/;
const SUBJECT_TAG_BYTES = 16;
/** Eleven digits of seconds. */
const LATEST_MS = 1e14;

/**
 * Signs URLs of this application, so that the holder of a URL may do one thing until it expires: download a file, or leave a
 * mailing list. No table and no cookie is involved. `SignedUrlGuard` checks them.
 *
 * The signature is an HMAC-SHA256 under a key that is derived from `secret`. It covers method, path, query, expiry, purpose
 * and subject. It does not cover scheme and host. A URL that was signed under a former secret of the list is good.
 */
export class SignedUrls {
  /** @internal */
  constructor(
    private readonly keys: DerivedKeys,
    private readonly options: ResolvedSignedUrlOptions,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /**
   * The URL with its signature as a query parameter. Give the URL as clients use it: absolute, or a path that begins with `/`.
   *
   * @throws TypeError for a URL or terms that cannot be signed: a mistake of the caller.
   * @example
   * ```ts
   * import { SignedUrls } from 'nestjs-aerie';
   *
   * export class Invoices {
   *   constructor(private readonly urls: SignedUrls) {}
   *   linkTo(id: string) {
   *     return this.urls.sign('GET', `https://api.example.com/invoices/${id}.pdf`, { expires: '15m' });
   *   }
   * }
   * ```
   */
  sign(method: SignedMethod, url: string, terms: SignedUrlTerms): string {
    if (!METHODS.includes(method)) throw new TypeError(`"method" must be one of ${METHODS.join(', ')}`);
    const { origin, target, fragment } = partsOf(url);
    const signed = canonicalUrl(target);
    if (!signed || signed.signatures.length > 0)
      throw new TypeError(
        `"url" must be an http(s) URL or a path, of at most 8 KiB, without the parameter "${SIGNATURE}"`,
      );
    const { subject, purpose = '' } = terms;
    if (subject !== undefined && (typeof subject !== 'string' || subject === ''))
      throw new TypeError('"subject" must be the id of a user, or left out');
    if (typeof purpose !== 'string') throw new TypeError('"purpose" must be a text, or left out');
    const claim = { method, expires: this.expiryOf(terms.expires), purpose, signed };
    const [key] = this.keys.of('signed-url');
    const tag = subject === undefined ? '' : subjectTag(key, claim, subject).toString('base64url');
    const signature = `${claim.expires}.${tag}.${mac(key, claim, tag).toString('base64url')}`;
    return `${origin}${target}${target.includes('?') ? '&' : '?'}${SIGNATURE}=${signature}${fragment}`;
  }

  /**
   * Checks the signature of a request's target, as the framework saw it (`request.originalUrl`): for places that
   * `SignedUrlGuard` does not cover. Whether the user may use it is the caller's to ask: `admits`.
   *
   * @throws SignedUrlInvalidError for a URL that was not signed, was changed, or is for another method or purpose.
   * @throws SignedUrlExpiredError for one whose time is over.
   */
  verify(method: string, target: string, purpose = ''): VerifiedUrl {
    const given = canonicalUrl(target.startsWith('/') ? this.options.proxyPrefix + target : target);
    const parts = given?.signatures.length === 1 ? FORM.exec(given.signatures[0]!) : null;
    const found = parts && decodeBase64url(parts[3]!);
    if (!given || !found) throw new SignedUrlInvalidError();
    const tag = parts[2] ?? '';
    const claim = { method, expires: Number(parts[1]), purpose, signed: given };
    const keys = this.keys.everyOf('signed-url');
    const key = keys.find((one) => equalInConstantTime(mac(one, claim, tag), found));
    if (!key) throw new SignedUrlInvalidError();
    // After the signature: an expiry that somebody made up tells nothing.
    if (this.clock.now() >= claim.expires * 1_000) throw new SignedUrlExpiredError();
    return {
      isForSubject: tag !== '',
      admits: (subject) =>
        tag === '' || equalInConstantTime(subjectTag(key, claim, subject), Buffer.from(tag, 'base64url')),
    };
  }

  /** In whole epoch seconds. */
  private expiryOf(expires: Duration | Date): number {
    const now = this.clock.now();
    const at = expires instanceof Date ? expires.getTime() : now + (durationMs(expires) ?? Number.NaN);
    // NaN fails this comparison, so a broken value is refused.
    if (!(at - now >= 1_000 && at < LATEST_MS))
      throw new TypeError('"expires" must be a duration of at least 1s, or a date that far in the future');
    return Math.floor(at / 1_000);
  }
}

interface Claim {
  readonly method: string;
  readonly expires: number;
  readonly purpose: string;
  readonly signed: CanonicalUrl;
}

/** JSON keeps the parts apart, whatever characters they hold. */
function mac(key: KeyObject, claim: Claim, subject: string): Buffer {
  return hmacSha256(key, `signed-url\n${textOf(claim)}\n${subject}`);
}

/** It covers the whole URL: two URLs of one user do not show that they are. */
function subjectTag(key: KeyObject, claim: Claim, subject: string): Buffer {
  return hmacSha256(key, `signed-url-subject\n${textOf(claim)}\n${subject}`).subarray(0, SUBJECT_TAG_BYTES);
}

function textOf({ method, expires, purpose, signed }: Claim): string {
  return JSON.stringify([method === 'HEAD' ? 'GET' : method, signed.path, signed.query, expires, purpose]);
}

/**
 * What the parser of URLs would change in silence: control characters, and segments that lead to another path. Part of an id,
 * they would have another path signed.
 */
const CHANGED = /^\s|\s$|\p{Cc}|^[^?#]*(\\|\/(\.|%2e){1,2}(?![^/?#]))/iu;

/** A URL as browsers send it: everything beyond ASCII is escaped (WHATWG URL). */
function partsOf(url: string): { origin: string; target: string; fragment: string } {
  const isPath = typeof url === 'string' && /^\/(?!\/)/.test(url);
  const base = isPath ? 'http://path.invalid' : undefined;
  const isUrl = typeof url === 'string' && !CHANGED.test(url) && URL.canParse(url, base);
  const parsed = isUrl ? new URL(url, base) : null;
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username || parsed.password)
    throw new TypeError(
      '"url" must be an http(s) URL, or a path that begins with one "/", without dot segments, backslashes and control characters: use encodeURIComponent for what you put into it',
    );
  const origin = isPath ? '' : parsed.origin;
  return { origin, target: parsed.pathname + parsed.search, fragment: parsed.hash };
}
