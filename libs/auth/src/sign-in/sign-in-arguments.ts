import { isUuid } from '../crypto/uuid.js';
import type { HostTransaction } from '../sql/database/sql-database.js';
import type { SignInMode } from '../options/auth-options.js';
import type { Principal } from '../principal/principal.js';
import { addressIn } from '../principal/address.js';
import { keptUserAgent, type Requester, UNKNOWN_REQUESTER } from '../principal/requester.js';
import { isTokenId } from '../refresh-tokens/token-revocation.js';
import type { KeptCredential, KeptOwner } from './credential-changes.js';
import type { AccessTokenReference } from './sign-out.js';
import { subjectText, whyNoSubject } from '../subjects/subject-id.js';
import { isFunction, OptionReader } from '../validation/option-reader.js';

const MODES = ['session', 'tokens', 'hybrid'] as const;
const MAX_WORDS = 100;
const MAX_WORD = 100;
const MAX_LABEL = 100;
const MAX_REASON = 40;
const KEY = /^[\x21-\x7e]{1,255}$/;

/** Options of `signIn` and `signInWithPassword`. */
export interface SignInOptions {
  /** Default: the module's `defaultMode`. */
  readonly mode?: SignInMode;
  /** How the person was authenticated (`amr`, RFC 8176). Default: as the principal says, or none. */
  readonly methods?: readonly string[];
  /** Narrows the sign-in to some of the subject's scopes. Default: all of them, or as narrow as the principal is. */
  readonly scopes?: readonly string[];
  /** What the owner may call this sign-in; cut to 100 characters. */
  readonly label?: string;
  /** Ids of sign-ins that this one replaces: `maxSignInsPerSubject` does not count them; end them once it is open. Default none. */
  readonly replacing?: readonly string[];
  /** Where the request came from (`requesterOf(request)`). Default: unknown. */
  readonly requester?: Requester;
}

/** Options of `refresh`. */
export interface RefreshOptions {
  /** The client's own key for this refresh token: with it, a retry is answered after the replay window too. */
  readonly idempotencyKey?: string;
  /** How the client holds the token: `hybrid` for a cookie. Default `tokens`. */
  readonly mode?: 'tokens' | 'hybrid';
  readonly requester?: Requester;
}

/** Options of `credentialsChanged`. */
export interface CredentialChangeOptions {
  /** The sign-in that does not end: a principal as guards leave it, or a credential. Default: every sign-in ends. */
  readonly keep?: KeptOwner;
  /** How its client holds the next refresh token, where the sign-in is replaced. Default `tokens`. */
  readonly mode?: 'tokens' | 'hybrid';
  readonly requester?: Requester;
}

const isWord = (v: unknown): boolean => typeof v === 'string' && /^\S+$/.test(v) && v.length <= MAX_WORD;
const isWords = (v: unknown): v is readonly string[] | undefined =>
  v === undefined || (Array.isArray(v) && v.length <= MAX_WORDS && v.every(isWord));
const isText = (v: unknown): v is string | undefined =>
  v === undefined || (typeof v === 'string' && v.isWellFormed());
const isTextOrNone = (v: unknown): v is string | undefined => v === undefined || typeof v === 'string';
const isTextOrNull = (v: unknown): v is string | null => v === null || typeof v === 'string';
const isKey = (v: unknown): v is string | undefined =>
  v === undefined || (typeof v === 'string' && KEY.test(v));
const isSignInIds = (v: unknown): v is readonly string[] =>
  Array.isArray(v) && v.length <= MAX_WORDS && v.every(isUuid);
const isObjectOrNone = (v: unknown): v is object | undefined =>
  v === undefined || (typeof v === 'object' && v !== null);
const isTransactionOrNone = (v: unknown): v is HostTransaction | undefined =>
  v === undefined || (typeof v === 'object' && v !== null && isFunction((v as HostTransaction).query));
const isFunctionOrNone = (v: unknown): v is (() => never) | undefined => v === undefined || isFunction(v);

/** Throws TypeError for what is no subject's id. */
export function subjectArgument(value: unknown, name = 'subject'): string {
  const text = subjectText(value);
  if (text === undefined)
    throw new TypeError(
      `"${name}" must be a non-empty string of at most 255 bytes, a safe integer or a bigint (got ${whyNoSubject(value)})`,
    );
  return text;
}

/** Throws TypeError for what is neither a subject's id nor a principal. */
export function whoArgument(who: unknown): { subject: string; principal: Principal | undefined } {
  if (typeof who !== 'object' || who === null)
    return { subject: subjectArgument(who, 'who'), principal: undefined };
  return { subject: principalArgument(who, 'who').id, principal: who as Principal };
}

/** Throws TypeError for what is no principal. */
export function principalArgument(value: unknown, name = 'principal'): Principal {
  const { id, signInId, methods, scopes } = Object(value) as Partial<Record<keyof Principal, unknown>>;
  if (
    subjectText(id) === undefined ||
    typeof signInId !== 'string' ||
    !Array.isArray(methods) ||
    !Array.isArray(scopes)
  )
    throw new TypeError(
      `"${name}" must be a principal, as guards leave it (got ${typeof value === 'object' && value !== null ? 'another object' : whyNoSubject(value)})`,
    );
  return value as Principal;
}

/** Throws TypeError for what is no id of a sign-in. */
export function signInIdArgument(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '')
    throw new TypeError(`"${name}" must be the id of a sign-in (got ${whyNoSubject(value)})`);
  return value;
}

/** Throws TypeError for what does not say which access token is meant. */
export function tokenReferenceArgument(value: unknown): AccessTokenReference {
  const { jti, subject, signInId, expiresAt } = Object(value) as Partial<Record<string, unknown>>;
  if (!isTokenId(jti))
    throw new TypeError('"token.jti" must be the id of an access token, 1 to 255 printable characters');
  if (!(expiresAt instanceof Date) || Number.isNaN(expiresAt.getTime()))
    throw new TypeError('"token.expiresAt" must be a Date');
  const id = subjectArgument(subject, 'token.subject');
  return { jti, subject: id, signInId: signInIdArgument(signInId, 'token.signInId'), expiresAt };
}

/** Throws AuthConfigError that names what is wrong with the options of `signIn`. */
export function signInArguments(options: unknown, defaultMode: SignInMode) {
  const reader = new OptionReader(options);
  const read = {
    mode: reader.oneOf('mode', MODES, defaultMode),
    methods: wordsOf(reader, 'methods'),
    scopes: wordsOf(reader, 'scopes') ?? null,
    label: reader.custom('label', 'a text', isText, undefined)?.slice(0, MAX_LABEL) ?? null,
    replacing: reader.custom('replacing', 'a list of ids of sign-ins', isSignInIds, []),
    requester: requesterOption(reader) ?? UNKNOWN_REQUESTER,
  };
  reader.done();
  return read;
}

/** The same for `refresh`. */
export function refreshArguments(options: unknown) {
  const reader = new OptionReader(options);
  const read = {
    idempotencyKey:
      reader.custom('idempotencyKey', 'up to 255 printable characters', isKey, undefined) ?? null,
    mode: reader.oneOf('mode', ['tokens', 'hybrid'], 'tokens'),
    requester: requesterOption(reader),
  };
  reader.done();
  return read;
}

/** The same for `credentialsChanged`. */
export function changeArguments(options: unknown) {
  const reader = new OptionReader(options);
  const keep = reader.custom(
    'keep',
    'a principal, or { session } or { refreshToken }',
    isObjectOrNone,
    undefined,
  );
  const read = {
    keep: keep === undefined ? null : keptArgument(keep),
    mode: reader.oneOf('mode', ['tokens', 'hybrid'], 'tokens'),
    requester: requesterOption(reader),
  };
  reader.done();
  return read;
}

/** The host's transaction among the options of a change. Throws AuthConfigError for one that has no `query`. */
export function transactionArgument(options: unknown): HostTransaction | undefined {
  const reader = new OptionReader(options);
  const transaction = reader.custom(
    'transaction',
    'what hostTransaction(...) of nestjs-aerie/typeorm or nestjs-aerie/sql gives',
    isTransactionOrNone,
    undefined,
  );
  reader.done();
  return transaction;
}

/**
 * Throws TypeError for what holds neither a session nor a refresh token. What a sign-in returned will do: other members are
 * left alone.
 */
export function heldArgument(value: unknown, name: string): KeptCredential {
  const { session, refreshToken } = Object(value) as Record<string, unknown>;
  if ((session === undefined) === (refreshToken === undefined))
    throw new TypeError(
      `"${name}" must have "session" or "refreshToken" (got ${session === undefined ? 'neither' : 'both'})`,
    );
  return value as KeptCredential;
}

function keptArgument(value: object): KeptOwner {
  return 'signInId' in value ? principalArgument(value, 'keep') : heldArgument(value, 'keep');
}

/** Throws AuthConfigError for a list of words that is none. */
export function methodsArgument(methods: unknown): readonly string[] {
  const reader = new OptionReader({ methods });
  return wordsOf(reader, 'methods') ?? reader.refuse('methods', 'a list of words', methods);
}

/** Throws AuthConfigError for a requester that is none; `undefined` when there is none. */
export function requesterArgument(requester: unknown): Requester | undefined {
  return requesterOption(new OptionReader({ requester }));
}

/** Throws AuthConfigError for a reason that is no short text. */
export function reasonArgument(reason: unknown): string {
  return new OptionReader({ reason }).custom(
    'reason',
    `a text of 1 to ${MAX_REASON} characters`,
    (v): v is string => typeof v === 'string' && v !== '' && v.length <= MAX_REASON && v.isWellFormed(),
  );
}

/** A list of words among options; `undefined` when it was left out. Throws AuthConfigError. */
export function wordsOf(reader: OptionReader, key: string): readonly string[] | undefined {
  return reader.custom(key, 'a list of words', isWords, undefined);
}

/** The requester among options; `undefined` when it was left out. Throws AuthConfigError. */
function requesterOption(reader: OptionReader): Requester | undefined {
  if (!reader.has('requester')) return undefined;
  const given = reader.nested('requester');
  const userAgent = given.custom('userAgent', 'a text, or null', isTextOrNull);
  const requester = {
    ip: addressIn(given.custom('ip', 'a text, or null', isTextOrNull)),
    userAgent: userAgent === null ? null : keptUserAgent(userAgent),
    sharesAddress: given.boolean('sharesAddress', false),
    device: given.custom('device', 'a text', isTextOrNone, undefined),
    waitedMs: given.custom('waitedMs', 'a function', isFunctionOrNone, undefined),
    hasLeft: given.custom('hasLeft', 'a function', isFunctionOrNone, undefined),
  };
  // It says nothing here: only a check of a password sets it.
  given.has('isKnownDevice');
  given.done();
  const { device, waitedMs, hasLeft, ...plain } = requester;
  return { ...plain, ...(device && { device }), ...(waitedMs && { waitedMs }), ...(hasLeft && { hasLeft }) };
}
