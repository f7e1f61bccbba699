import { randomBytes } from 'node:crypto';
import { sha256 } from '../crypto/digest.js';
import { OpaqueTokenForm } from '../crypto/opaque-token.js';
import { bytesToUuid, uuidToBytes } from '../crypto/uuid.js';

const ID = 16;
const SECRET = 32;
const FORM = new OpaqueTokenForm('s1_', ID + SECRET);

/** What a session cookie holds: the session's id and a secret of which the server keeps the hash only. */
export interface SessionToken {
  readonly token: string;
  readonly sessionId: string;
  /** SHA-256 of the secret, in hex. */
  readonly secretHash: string;
}

/** A new secret for a session. */
export function freshSessionToken(sessionId: string): SessionToken {
  const secret = randomBytes(SECRET);
  const token = FORM.encode(Buffer.concat([uuidToBytes(sessionId), secret]));
  return { token, sessionId, secretHash: sha256(secret).toString('hex') };
}

/** The token in a value from a request, or `undefined`. Whether the server ever made it, only the table can tell. */
export function parseSessionToken(value: unknown): SessionToken | undefined {
  const bytes = FORM.decode(value);
  if (!bytes) return undefined;
  const secretHash = sha256(bytes.subarray(ID)).toString('hex');
  return { token: value as string, sessionId: bytesToUuid(bytes.subarray(0, ID)), secretHash };
}
