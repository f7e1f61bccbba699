import { ACCESS_TOKEN_TYPE } from '../../access-tokens/access-token.js';
import type { JsonObject } from '../../access-tokens/compact-jws.js';
import { tokenType } from '../../access-tokens/token-type.js';
import { readUntrustedRefreshToken } from '../../refresh-tokens/refresh-token-codec.js';
import { SERVICE_TOKEN_TYPE } from '../../service-tokens/service-token.js';
import { readUntrustedSessionToken } from '../../sessions/session-token.js';
import { CannotRun } from '../cannot-run.js';

/** A signed token, as far as it can be read by anybody. */
export interface ReadJwt {
  readonly kind: 'access token' | 'service token' | 'JWT';
  readonly text: string;
  readonly header: JsonObject;
  readonly claims: JsonObject;
}

/** A token, by its form alone: nothing of it was checked. */
export type PresentedToken =
  | ReadJwt
  | {
      readonly kind: 'refresh token';
      readonly text: string;
      readonly familyId: string;
      readonly generation: number;
    }
  | { readonly kind: 'session token'; readonly text: string; readonly sessionId: string };

/** Reads what was given, also as `Bearer <token>`. Throws CannotRun, which shows nothing of it. */
export function readPresentedToken(given: string): PresentedToken {
  const text = given.trim().replace(/^bearer\s+/i, '');
  if (text === '') throw new CannotRun('there is no token: give it as the argument, or on standard input');
  const family = readUntrustedRefreshToken(text);
  if (family) return { kind: 'refresh token', text, ...family };
  const session = readUntrustedSessionToken(text);
  if (session) return { kind: 'session token', text, ...session };
  const jwt = readJwt(text);
  if (jwt) return jwt;
  const form = /^(rt1|s2)_/.exec(text)?.[0];
  if (form)
    throw new CannotRun(
      `this begins as a token of ours does (${form}), but is cut short, too long or changed`,
    );
  throw new CannotRun(
    `this is neither a JWT nor a token of ours (got ${Buffer.byteLength(text)} bytes, not shown)`,
  );
}

/** More leniently than the verifier, which then says what it dislikes. */
function readJwt(text: string): ReadJwt | undefined {
  const segments = text.split('.');
  const [header, claims] = segments.slice(0, 2).map(jsonObject);
  if (segments.length !== 3 || !header || !claims) return undefined;
  return { kind: kindOf(header), text, header, claims };
}

/** What `aud` holds: one text, or a list. */
export function audiencesOf({ aud }: JsonObject): readonly string[] {
  return (Array.isArray(aud) ? aud : [aud]).filter((one) => typeof one === 'string');
}

function kindOf({ typ }: JsonObject): ReadJwt['kind'] {
  const type = tokenType(typ);
  if (type === ACCESS_TOKEN_TYPE) return 'access token';
  return type === SERVICE_TOKEN_TYPE ? 'service token' : 'JWT';
}

function jsonObject(segment: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}
