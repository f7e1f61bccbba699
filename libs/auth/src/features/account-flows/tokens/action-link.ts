import { randomBytes } from 'node:crypto';
import type { DerivedKeys } from '../../../crypto/derived-keys.js';
import { sha256 } from '../../../crypto/digest.js';
import { OpaqueTokenForm } from '../../../crypto/opaque-token.js';
import { isTagged, TAG_BYTES, tagOf } from '../../../crypto/token-tag.js';
import { bytesToUuid, uuidToBytes } from '../../../crypto/uuid.js';
import type { ActionPurpose } from './action-token.js';

const ID = 16;
const SECRET = 16;
const TAG_AT = ID + SECRET;
const FORM = new OpaqueTokenForm('a1_', TAG_AT + TAG_BYTES);
const KEY = 'account-flows.action-tag';

/** How long the token of a link is, in characters. */
export const ACTION_LINK_LENGTH = FORM.textLength;

/** The token of a link. Its tag was checked, or made, under the purpose. */
export interface ActionLink {
  /** As the link carries it: never logged, never stored. */
  readonly token: string;
  readonly id: string;
  /** SHA-256 of the secret, in hex. */
  readonly secretHash: string;
}

/**
 * The form of links' tokens: `a1_` and base64url( id 16 | secret 16 | tag 16 bytes ), 67 characters. The tag is an HMAC over
 * the purpose and the rest, checked before any query: a token of another purpose fails as a made-up one does.
 */
export class ActionLinks {
  constructor(private readonly keys: DerivedKeys) {}

  /** A new token. */
  fresh(purpose: ActionPurpose, id: string): ActionLink {
    const secret = randomBytes(SECRET);
    const body = Buffer.concat([uuidToBytes(id), secret]);
    const token = FORM.encode(Buffer.concat([body, tagOf(this.keys.of(KEY)[0], labelOf(purpose), body)]));
    return { token, id, secretHash: sha256(secret).toString('hex') };
  }

  /** The token of a value from a request. `undefined`: malformed, not made here, or of another purpose. No query is needed. */
  parse(purpose: ActionPurpose, value: unknown): ActionLink | undefined {
    const bytes = FORM.decode(value);
    if (!bytes || !isTagged(this.keys.everyOf(KEY), labelOf(purpose), bytes)) return undefined;
    const secretHash = sha256(bytes.subarray(ID, TAG_AT)).toString('hex');
    return { token: value as string, id: bytesToUuid(bytes.subarray(0, ID)), secretHash };
  }
}

const labelOf = (purpose: ActionPurpose): string => `a1 ${purpose} `;
