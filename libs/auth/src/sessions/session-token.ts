import { randomBytes } from 'node:crypto';
import type { DerivedKeys } from '../crypto/derived-keys.js';
import { sha256 } from '../crypto/digest.js';
import { OpaqueTokenForm } from '../crypto/opaque-token.js';
import { isTagged, TAG_BYTES, tagOf } from '../crypto/token-tag.js';
import { bytesToUuid, uuidToBytes } from '../crypto/uuid.js';

const ID = 16;
const SECRET = 32;
const TAG_AT = ID + SECRET;
const LABEL = 's2';
const FORM = new OpaqueTokenForm(`${LABEL}_`, TAG_AT + TAG_BYTES);

/** The length of every session token, in characters. */
export const SESSION_TOKEN_LENGTH = FORM.textLength;

/** The content of a session cookie: the session's id and a secret. The server stores only the hash of the secret. The tag was checked. */
export interface SessionToken {
  readonly token: string;
  readonly sessionId: string;
  /** SHA-256 of the secret, in hex. */
  readonly secretHash: string;
}

/**
 * The form of session tokens: `s2_` and base64url( session 16 | secret 32 | tag 16 bytes ). The tag is an HMAC over the
 * rest, checked before any query. Every secret, of every issuer that the application was, checks it; the first secret makes it.
 */
export class SessionTokenCodec {
  constructor(private readonly keys: DerivedKeys) {}

  /** A new secret for a session. */
  fresh(sessionId: string): SessionToken {
    return this.of(sessionId, randomBytes(SECRET));
  }

  /** The token of a session whose 32-byte secret is given. */
  of(sessionId: string, secret: Buffer): SessionToken {
    const body = Buffer.concat([uuidToBytes(sessionId), secret]);
    const token = FORM.encode(Buffer.concat([body, tagOf(this.keys.of('session-tag')[0], LABEL, body)]));
    return { token, sessionId, secretHash: sha256(secret).toString('hex') };
  }

  /** The token of a value from a request. `undefined` if it has another form or another tag; no query is needed. */
  parse(value: unknown): SessionToken | undefined {
    const bytes = FORM.decode(value);
    if (!bytes || !isTagged(this.keys.everyOf('session-tag'), LABEL, bytes)) return undefined;
    const secretHash = sha256(bytes.subarray(ID, TAG_AT)).toString('hex');
    return { token: value as string, sessionId: bytesToUuid(bytes.subarray(0, ID)), secretHash };
  }
}

/** What the text of a session token says. Its tag is not checked, so anybody may have written it: to be shown, never to be trusted. */
export function readUntrustedSessionToken(value: string): Pick<SessionToken, 'sessionId'> | undefined {
  const bytes = FORM.decode(value);
  return bytes && { sessionId: bytesToUuid(bytes.subarray(0, ID)) };
}
