import { randomBytes } from 'node:crypto';
import { sha256 } from '../../../crypto/digest.js';
import { OpaqueTokenForm } from '../../../crypto/opaque-token.js';

const BYTES = 32;
const COOKIE = new OpaqueTokenForm('ak1_', BYTES);
const HANDLE = new OpaqueTokenForm('ah1_', BYTES);

/** The client that asked for a link or a code: it alone gets the session. */
export interface Asker {
  /** `cookie`: a browser, by its cookie. `handle`: an application without cookies, by the text that it was answered with. */
  readonly by: 'cookie' | 'handle';
  /** The value of the cookie, or the handle: never logged, never stored. */
  readonly text: string;
  /** What is stored: SHA-256 in hex. A handle is never good as a cookie. */
  readonly hash: string;
}

const FORMS = { cookie: COOKIE, handle: HANDLE } as const;

/** An asker that was not there before. */
export function newAsker(by: Asker['by']): Asker {
  return askerOf(by, FORMS[by].encode(randomBytes(BYTES)))!;
}

/** The asker of a value from a request; `undefined` for a value of another form. */
export function askerOf(by: Asker['by'], value: unknown): Asker | undefined {
  if (FORMS[by].decode(value) === undefined) return undefined;
  const text = value as string;
  return { by, text, hash: sha256(text).toString('hex') };
}
