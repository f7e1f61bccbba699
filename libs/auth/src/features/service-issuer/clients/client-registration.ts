import type { Duration } from '../../../time/duration.js';
import { OptionReader } from '../../../validation/option-reader.js';
import { checkedJwks } from './client-jwks.js';
import { type ClientChange, SERVICE_GRANTS, type ServiceGrant } from './service-client-row.js';

const ID = /^[A-Za-z0-9._-]{1,64}$/;
/** RFC 6749, section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;
const MAX_WORDS = 100;
const MIN_SECRET_BYTES = 32;
const MAX_SECRET_BYTES = 255;

/** A service client to register. */
export interface ClientRegistration {
  /** 1 to 64 of A-Z, a-z, 0-9, `.`, `_`, `-`. */
  readonly id: string;
  /** What people call it, up to 100 characters. Default: none. */
  readonly label?: string;
  /** What its tokens may hold: a token asks for all of them, or for some. */
  readonly scopes: readonly string[];
  /** Which services its tokens may be for: at least one. */
  readonly audiences: readonly string[];
  /** What it may ask the token endpoint for. Default `['client_credentials']`. */
  readonly grants?: readonly ServiceGrant[];
  /** The audience that it serves itself: whose tokens it may ask about. Default: none. */
  readonly resource?: string;
  /** Its public keys, for `private_key_jwt`, in place of a secret. Each with `kid` and `alg`. */
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  /** A secret of your own, 32 to 255 bytes of randomness. Default: one is made. */
  readonly secret?: string;
}

/** What is to change of a client; what is left out stays. */
export type ClientUpdate = Partial<Pick<ClientRegistration, 'scopes' | 'audiences' | 'grants' | 'jwks'>> & {
  readonly label?: string | null;
  readonly resource?: string | null;
};

/**
 * Options of `ServiceClients.rotateSecret`.
 */
export interface SecretRotation {
  /** For how long the secret before stays good, up to 30d. Default: it ends at once, and with it the client's tokens. */
  readonly keepFormerFor?: Duration;
  /** A secret of your own, 32 to 255 bytes of randomness. Default: one is made. */
  readonly secret?: string;
}

/** Whether a value can be the id of a client. */
export function isClientId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

/** Whether a value is one scope. */
export function isScope(value: unknown): value is string {
  return typeof value === 'string' && SCOPE.test(value);
}

const text = (v: unknown, max: number): v is string =>
  typeof v === 'string' && v !== '' && v.length <= max && v.isWellFormed() && !v.includes('\0');
const textOrNull =
  (max: number) =>
  (v: unknown): v is string | null =>
    v === null || text(v, max);
const words =
  (isWord: (v: unknown) => boolean, least: number) =>
  (v: unknown): v is readonly string[] =>
    Array.isArray(v) &&
    v.length >= least &&
    v.length <= MAX_WORDS &&
    v.every(isWord) &&
    new Set(v).size === v.length;
const isAudience = (v: unknown): boolean => text(v, 255) && !/\s/.test(v);

/** Throws AuthConfigError that names the member; a secret is never shown. */
export function checkedRegistration(given: ClientRegistration) {
  const reader = new OptionReader(given);
  const id = reader.custom('id', '1 to 64 of A-Z, a-z, 0-9, ".", "_" and "-"', isClientId);
  const secret = readSecret(reader);
  const change = readChange(reader);
  reader.done();
  const { scopes, audiences, jwks = null } = change;
  if (!scopes) reader.refuse('scopes', 'given', undefined);
  if (!audiences) reader.refuse('audiences', 'given', undefined);
  if (jwks && secret !== null) reader.refuse('jwks', 'left out beside "secret"', 'both');
  const grants = change.grants ?? (['client_credentials'] as const);
  const { label = null, resource = null } = change;
  return { client: { id, label, scopes: scopes!, audiences: audiences!, grants, resource, jwks }, secret };
}

/** The same for a change. */
export function checkedUpdate(given: ClientUpdate): ClientChange {
  const reader = new OptionReader(given);
  const change = readChange(reader);
  reader.done();
  return change;
}

/** The same for a new secret. */
export function checkedRotation(given: SecretRotation): { secret: string | null; keepFormerMs: number } {
  const reader = new OptionReader(given);
  const secret = readSecret(reader);
  const keepFormerMs = reader.duration('keepFormerFor', { default: '0s', min: '0s', max: '30d' });
  reader.done();
  return { secret, keepFormerMs };
}

function readSecret(reader: OptionReader): string | null {
  return reader.secret<string | null>(
    'secret',
    `a text of ${MIN_SECRET_BYTES} to ${MAX_SECRET_BYTES} bytes`,
    (v): v is string =>
      typeof v === 'string' &&
      v.isWellFormed() &&
      Buffer.byteLength(v) >= MIN_SECRET_BYTES &&
      Buffer.byteLength(v) <= MAX_SECRET_BYTES,
    null,
  );
}

function readChange(reader: OptionReader): ClientChange {
  const read = {
    label: reader.custom<string | null | undefined>(
      'label',
      'a text of up to 100 characters',
      textOrNull(100),
      undefined,
    ),
    scopes: reader.custom<readonly string[] | undefined>(
      'scopes',
      'a list of different scopes (RFC 6749, section 3.3)',
      words(isScope, 0),
      undefined,
    ),
    audiences: reader.custom<readonly string[] | undefined>(
      'audiences',
      'a list of at least one audience, without spaces',
      words(isAudience, 1),
      undefined,
    ),
    grants: reader.custom<readonly ServiceGrant[] | undefined>(
      'grants',
      `a list of ${SERVICE_GRANTS.join(', ')}`,
      words((v) => SERVICE_GRANTS.includes(v as ServiceGrant), 1) as (
        v: unknown,
      ) => v is readonly ServiceGrant[],
      undefined,
    ),
    resource: reader.custom<string | null | undefined>(
      'resource',
      'an audience, without spaces',
      (v): v is string | null => v === null || isAudience(v),
      undefined,
    ),
    jwks: reader.secret<object | undefined>(
      'jwks',
      'an object with a list of public keys',
      (v): v is object => typeof v === 'object' && v !== null,
      undefined,
    ),
  };
  const { jwks, ...plain } = read;
  const given = Object.entries(plain).filter(([, value]) => value !== undefined);
  return { ...(Object.fromEntries(given) as ClientChange), ...(jwks && { jwks: checkedJwks(jwks) }) };
}
