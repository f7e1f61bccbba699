import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { AccessTokenTooLargeError } from '../errors/access-token-size-error.js';
import type { KeyRing } from '../keys/key-ring.js';
import type { Principal } from '../principal/principal.js';
import type { Clock } from '../time/clock.js';
import { ACCESS_TOKEN_TYPE } from './access-token.js';
import type { ResolvedAccessTokenOptions } from './access-token-options.js';
import { signCompactJws } from './compact-jws.js';

const JITTER = 0.02;
/** In bytes: browsers drop a cookie of more than 4,096 with its name (RFC 6265bis, section 5.6). */
export const LONGEST_IN_COOKIE = 3_800;

export interface IssuedAccessToken {
  readonly token: string;
  /** Whole seconds of life, rounded down. */
  readonly expiresIn: number;
}

export interface AccessTokenRequest {
  readonly principal: Principal;
  readonly profile: Readonly<Record<string, unknown>>;
  readonly subjectEpoch: number;
  readonly globalEpoch: number;
  /** The generation of the refresh token that comes with it. */
  readonly generation: number;
  /** How long the sign-in itself still lives: a token never outlives it. */
  readonly signInLeftMs: number;
  /** Whether a browser is to keep it, in a cookie where `accessTokens.cookie` says so. */
  readonly isForBrowser: boolean;
}

/** Makes access tokens: JWS compact after RFC 9068. */
export class AccessTokenIssuer {
  private readonly logger = new Logger('AuthModule');

  constructor(
    private readonly keys: KeyRing,
    private readonly issuer: string,
    private readonly options: ResolvedAccessTokenOptions,
    private readonly clock: Clock,
  ) {}

  /** Whether an access token may turn out to be too long for its place. */
  get hasLimit(): boolean {
    return this.options.cookie;
  }

  /** Throws AccessTokenTooLargeError. */
  async issue(request: AccessTokenRequest): Promise<IssuedAccessToken> {
    const { principal } = request;
    const signingKey = await this.keys.signingKey();
    const issuedAt = Math.floor(this.clock.now() / 1000);
    // A little randomness, so that clients that signed in together do not refresh together.
    const lifetimeMs = this.options.lifetimeMs * (1 - Math.random() * JITTER);
    const expiresIn = Math.max(0, Math.floor(Math.min(lifetimeMs, request.signInLeftMs) / 1000));
    const { audience } = this.options;
    const token = await signCompactJws(
      {
        ...request.profile,
        iss: this.issuer,
        aud: audience.length === 1 ? audience[0]! : [...audience],
        sub: principal.id,
        iat: issuedAt,
        exp: issuedAt + expiresIn,
        jti: randomUUID(),
        sid: principal.signInId,
        sep: request.subjectEpoch,
        gep: request.globalEpoch,
        ...(this.options.endOnRotation && { gen: request.generation }),
        auth_time: Math.floor(principal.authenticatedAt.getTime() / 1000),
        amr: principal.methods,
        roles: principal.roles,
        scope: principal.scopes.join(' '),
      },
      signingKey,
      ACCESS_TOKEN_TYPE,
    );
    if (request.isForBrowser && this.options.cookie && token.length > LONGEST_IN_COOKIE) {
      this.logger.error(
        `the access token of the subject ${principal.id} has ${token.length} bytes, and a cookie holds ${LONGEST_IN_COOKIE}: let "accessTokens.claims" return less, or give fewer roles and scopes`,
      );
      throw new AccessTokenTooLargeError();
    }
    return { token, expiresIn };
  }
}
