import { decodeBase64url } from './base64url.js';

/**
 * The form of every opaque token: a prefix that names it, then fixed-length bytes in base64url. The prefix lets
 * secret scanners find leaked tokens; the exact length means that nothing malformed is ever hashed or looked up.
 */
export class OpaqueTokenForm {
  /** Of every token of this form, in characters. */
  readonly textLength: number;

  constructor(
    readonly prefix: string,
    readonly byteLength: number,
  ) {
    this.textLength = prefix.length + Math.ceil((byteLength * 4) / 3);
  }

  encode(bytes: Buffer): string {
    return this.prefix + bytes.toString('base64url');
  }

  /** The bytes of a token, or `undefined` for any value that is not exactly of this form. */
  decode(token: unknown): Buffer | undefined {
    if (typeof token !== 'string' || token.length !== this.textLength) return undefined;
    if (!token.startsWith(this.prefix)) return undefined;
    const bytes = decodeBase64url(token.slice(this.prefix.length));
    return bytes?.length === this.byteLength ? bytes : undefined;
  }
}
