import { randomUUID } from 'node:crypto';
import { signCompactJws } from '../../access-tokens/compact-jws.js';
import { AuthConfigError } from '../../errors/auth-config-error.js';
import type { KeyOption, SigningAlgorithm } from '../../keys/key-options.js';
import type { ActiveKey } from '../../keys/key-ring.js';
import { readSigningKey } from '../../keys/signing-key.js';
import type { Clock } from '../../time/clock.js';
import type { OptionReader } from '../../validation/option-reader.js';

/** The form field that says of what kind a client assertion is (RFC 7523, section 2.2). */
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ASSERTION_SECONDS = 60;

/** How a service client proves to the issuer that it is the one: by a secret, or by a key (`private_key_jwt`). */
export type ClientCredentialsOptions = {
  readonly clientId: string;
} & (
  | { readonly secret: string | undefined; readonly privateKey?: never }
  | {
      /** PEM (PKCS#8), a private JWK or a KeyObject. */
      readonly privateKey: NonNullable<KeyOption['privateKey']>;
      readonly alg: SigningAlgorithm;
      /** As the issuer knows it. Default: the key's thumbprint (RFC 7638). */
      readonly kid?: string;
      readonly secret?: never;
    }
);

/** A text that is neither empty nor too long. */
export const shortText = (v: unknown): v is string =>
  typeof v === 'string' && v.length > 0 && v.length <= 1_024;
const any = (_v: unknown): _v is unknown => true;

/** The credentials that a client sends with each request. Holds its secret, and sends it to the issuer only. */
export class ClientCredentials {
  private constructor(
    readonly clientId: string,
    private readonly secret: string | null,
    private readonly key: ActiveKey | null,
  ) {}

  /** Throws AuthConfigError, which names the option and shows no secret. */
  static read(reader: OptionReader): ClientCredentials {
    const clientId = reader.custom('clientId', 'a non-empty string', shortText);
    const privateKey = reader.secret<unknown>('privateKey', 'a PEM text, a private JWK or a KeyObject', any);
    if (privateKey === undefined) {
      const secret = reader.secret('secret', 'a non-empty string, beside no "privateKey"', shortText);
      return new ClientCredentials(clientId, secret, null);
    }
    reader.secret('secret', 'left out beside "privateKey"', (v): v is undefined => v === undefined);
    const option = {
      alg: reader.custom('alg', 'an algorithm of the key', any),
      kid: reader.custom('kid', '', any),
    };
    try {
      const key = readSigningKey({ ...option, privateKey } as KeyOption, 0) as ActiveKey;
      return new ClientCredentials(clientId, null, key);
    } catch (error) {
      if (!(error instanceof AuthConfigError)) throw error;
      throw new AuthConfigError(
        error.message.replaceAll('keys[0]', reader.pathOf('').replace(/\.$/, '') || 'options'),
      );
    }
  }

  /** The fields and headers that go with a request; `audience`: whom an assertion is for, an issuer and what it was before (RFC 6749, section 2.3.1; RFC 7523, section 2.2). */
  async proofFor(
    audience: string | readonly string[],
    clock: Pick<Clock, 'now'>,
  ): Promise<{ fields: Record<string, string>; headers: Record<string, string> }> {
    if (this.secret !== null) {
      // Each part is form-encoded first: either may hold a colon.
      const pair = `${formEncoded(this.clientId)}:${formEncoded(this.secret)}`;
      return { fields: {}, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
    }
    const issuedAt = Math.floor(clock.now() / 1000);
    const claims = {
      iss: this.clientId,
      sub: this.clientId,
      aud: audience,
      jti: randomUUID(),
      iat: issuedAt,
      exp: issuedAt + ASSERTION_SECONDS,
    };
    const assertion = await signCompactJws(claims, this.key!, 'JWT');
    return { fields: { client_assertion_type: JWT_BEARER, client_assertion: assertion }, headers: {} };
  }
}

function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
