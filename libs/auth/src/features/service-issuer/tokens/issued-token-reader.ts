import { ACCESS_TOKEN_TYPE } from '../../../access-tokens/access-token.js';
import { type JsonObject, readCompactJws } from '../../../access-tokens/compact-jws.js';
import { type JwtRules, JwtVerifier, timesOf } from '../../../access-tokens/jwt-verifier.js';
import { AuthError, StoreUnavailableError } from '../../../errors/auth-error.js';
import { tokenType } from '../../../access-tokens/token-type.js';
import type { VerificationKeys } from '../../../keys/verification-keys.js';
import { SERVICE_TOKEN_TYPE } from '../../../service-tokens/service-token.js';
import type { Clock } from '../../../time/clock.js';

/** A token that this issuer signed, whomever it is for. */
export interface GenuineToken {
  readonly type: typeof ACCESS_TOKEN_TYPE | typeof SERVICE_TOKEN_TYPE;
  readonly claims: JsonObject;
  readonly isInTime: boolean;
}

/** Tells of a token that a client asks about whether this issuer signed it. No guard asks here: each has its own audience. */
export class IssuedTokenReader {
  constructor(
    private readonly keys: VerificationKeys,
    private readonly rules: Omit<JwtRules, 'audience'>,
    private readonly clock: Clock,
  ) {}

  /** Null for every text that is no such token. `audience`: it must be for this one. Throws StoreUnavailableError. */
  async read(token: string, audience?: string): Promise<GenuineToken | null> {
    const jws = readCompactJws(token);
    const type = tokenType(jws?.header['typ']);
    if (!jws || (type !== ACCESS_TOKEN_TYPE && type !== SERVICE_TOKEN_TYPE)) return null;
    const audiences = audience === undefined ? audiencesOf(jws.payload) : [audience];
    const verifier = new JwtVerifier(this.keys, { ...this.rules, audience: audiences }, this.clock);
    const claims = await ifGenuine(() => verifier.authentic(token, type));
    if (!claims) return null;
    const isInTime = await ifGenuine(async () => {
      verifier.checkTimes(timesOf(claims));
      return true;
    });
    return { type, claims, isInTime: isInTime === true };
  }
}

export function audiencesOf({ aud }: JsonObject): readonly string[] {
  const list: unknown[] = Array.isArray(aud) ? aud : [aud];
  return list.filter((one) => typeof one === 'string');
}

async function ifGenuine<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof AuthError) || error instanceof StoreUnavailableError) throw error;
    return null;
  }
}
