import { randomBytes } from 'node:crypto';
import type { DerivedKeys } from '../../crypto/derived-keys.js';
import { sha256 } from '../../crypto/digest.js';
import { OpaqueTokenForm } from '../../crypto/opaque-token.js';
import { isTagged, TAG_BYTES, tagOf } from '../../crypto/token-tag.js';
import { bytesToUuid, uuidToBytes } from '../../crypto/uuid.js';

const ID = 16;
const SECRET = 32;
const TAG_AT = ID + SECRET;
const LABEL = 'ho1';
const FORM = new OpaqueTokenForm(`${LABEL}_`, TAG_AT + TAG_BYTES);
const KEY = 'handover.tag';

/** The token of a link. Its tag was made or checked here. */
export interface HandoverToken {
  /** As the link carries it: never logged, never stored. */
  readonly token: string;
  readonly id: string;
  /** SHA-256 of the secret, in hex. */
  readonly secretHash: string;
}

/**
 * The form of handover tokens: `ho1_` and base64url( id 16 | secret 32 | tag 16 bytes ). The tag is an HMAC over the rest: a
 * made-up token costs no query.
 */
export class HandoverTokens {
  constructor(private readonly keys: DerivedKeys) {}

  fresh(id: string): HandoverToken {
    const secret = randomBytes(SECRET);
    const body = Buffer.concat([uuidToBytes(id), secret]);
    const token = FORM.encode(Buffer.concat([body, tagOf(this.keys.of(KEY)[0], LABEL, body)]));
    return { token, id, secretHash: sha256(secret).toString('hex') };
  }

  /** `undefined` for a value of another form, or that was not made here. */
  parse(value: unknown): HandoverToken | undefined {
    const bytes = FORM.decode(value);
    if (!bytes || !isTagged(this.keys.everyOf(KEY), LABEL, bytes)) return undefined;
    const secretHash = sha256(bytes.subarray(ID, TAG_AT)).toString('hex');
    return { token: value as string, id: bytesToUuid(bytes.subarray(0, ID)), secretHash };
  }
}
