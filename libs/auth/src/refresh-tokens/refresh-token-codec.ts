import { type KeyObject, randomBytes } from 'node:crypto';
import type { DerivedKeys } from '../crypto/derived-keys.js';
import { hmacSha256, sha256 } from '../crypto/digest.js';
import { equalInConstantTime } from '../crypto/constant-time.js';
import { OpaqueTokenForm } from '../crypto/opaque-token.js';
import { isTagged, TAG_BYTES, tagOf } from '../crypto/token-tag.js';
import { bytesToUuid, uuidToBytes } from '../crypto/uuid.js';

const ID = 16;
const SECRET = 32;
const SECRET_AT = ID + 4;
const TAG_AT = SECRET_AT + SECRET;
const LABEL = 'rt1';
const FORM = new OpaqueTokenForm(`${LABEL}_`, TAG_AT + TAG_BYTES);

/** A refresh token that this application made: its tag was checked. */
export interface RefreshToken {
  /** The whole token, as the client holds it: never logged, never stored. */
  readonly token: string;
  /** SHA-256 of the token, in hex. */
  readonly hash: string;
  readonly familyId: string;
  readonly generation: number;
}

/** A token that was derived, and what it was derived with. */
export interface Successor extends RefreshToken {
  /** 16 bytes in hex. */
  readonly salt: string;
}

/**
 * The form of refresh tokens: `rt1_` and base64url( family 16 | generation 4 | secret 32 | tag 16 bytes ).
 * The tag is an HMAC over the rest, checked before any query; the secret of a successor is an HMAC over its parent's,
 * so that every retry with the same parent can be given the same successor without storing it.
 */
export class RefreshTokenCodec {
  constructor(private readonly keys: DerivedKeys) {}

  /** A token of random secret: the first of a family, or one that owes nothing to its parent. */
  fresh(familyId: string, generation: number): Successor {
    return {
      ...this.encode(familyId, generation, randomBytes(SECRET)),
      salt: randomBytes(16).toString('hex'),
    };
  }

  /** The first token of a family whose 32-byte secret is given. */
  first(familyId: string, secret: Buffer): Successor {
    return { ...this.encode(familyId, 0, secret), salt: randomBytes(16).toString('hex') };
  }

  /** The same as another node made it, if it is the one whose hash is current: each tag is tried. */
  firstHeld(familyId: string, secret: Buffer, currentHash: string): RefreshToken | undefined {
    const current = Buffer.from(currentHash, 'hex');
    return this.keys
      .everyOf('refresh-tag')
      .map((tagKey) => this.encode(familyId, 0, secret, tagKey))
      .find(({ hash }) => equalInConstantTime(Buffer.from(hash, 'hex'), current));
  }

  /** The token of a value from a request, or `undefined`: not of the form, or not of our making. No query is needed to tell. */
  parse(value: unknown): RefreshToken | undefined {
    const bytes = FORM.decode(value);
    if (!bytes || !isTagged(this.keys.everyOf('refresh-tag'), LABEL, bytes)) return undefined;
    const token = value as string;
    return {
      token,
      hash: sha256(token).toString('hex'),
      familyId: bytesToUuid(bytes.subarray(0, ID)),
      generation: bytes.readUInt32BE(ID),
    };
  }

  /** The successor that this application derives now, under a salt of its own. */
  successor(parent: RefreshToken): Successor {
    const salt = randomBytes(16);
    return { ...this.derive(this.keys.of('refresh-next')[0], parent, salt), salt: salt.toString('hex') };
  }

  /** The successor that was derived under this salt, if it is the one whose hash is current: each secret is tried. */
  rederive(parent: RefreshToken, salt: string, currentHash: string): RefreshToken | undefined {
    const current = Buffer.from(currentHash, 'hex');
    for (const key of this.keys.everyOf('refresh-next')) {
      // While a secret is being rolled, or the issuer changes, nodes may tag with different keys: the tag is part of what was hashed.
      for (const tagKey of this.keys.everyOf('refresh-tag')) {
        const candidate = this.derive(key, parent, Buffer.from(salt, 'hex'), tagKey);
        if (equalInConstantTime(Buffer.from(candidate.hash, 'hex'), current)) return candidate;
      }
    }
    return undefined;
  }

  private derive(
    key: KeyObject,
    parent: RefreshToken,
    salt: Buffer,
    tagKey = this.keys.of('refresh-tag')[0],
  ): RefreshToken {
    const bytes = FORM.decode(parent.token)!;
    const generation = parent.generation + 1;
    const secret = hmacSha256(
      key,
      'next',
      bytes.subarray(0, ID),
      uint32(generation),
      bytes.subarray(SECRET_AT, TAG_AT),
      salt,
    );
    return this.encode(parent.familyId, generation, secret, tagKey);
  }

  private encode(
    familyId: string,
    generation: number,
    secret: Buffer,
    tagKey = this.keys.of('refresh-tag')[0],
  ): RefreshToken {
    const body = Buffer.concat([uuidToBytes(familyId), uint32(generation), secret]);
    const token = FORM.encode(Buffer.concat([body, tagOf(tagKey, LABEL, body)]));
    return { token, hash: sha256(token).toString('hex'), familyId, generation };
  }
}

/** What the text of a refresh token says. Its tag is not checked, so anybody may have written it: to be shown, never to be trusted. */
export function readUntrustedRefreshToken(
  value: string,
): Pick<RefreshToken, 'familyId' | 'generation'> | undefined {
  const bytes = FORM.decode(value);
  return bytes && { familyId: bytesToUuid(bytes.subarray(0, ID)), generation: bytes.readUInt32BE(ID) };
}

/** What is stored of an Idempotency-Key: bound to the family and to the token it came with. */
export function attemptHash(parent: RefreshToken, idempotencyKey: string): string {
  return sha256(
    'idem',
    uuidToBytes(parent.familyId),
    Buffer.from(parent.hash, 'hex'),
    idempotencyKey,
  ).toString('hex');
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
