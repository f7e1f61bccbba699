import { RequestInvalidError } from '../errors/auth-error.js';

const MAX_LENGTH = 2_048;
const MAX_DECODINGS = 5;
const PRINTABLE = /^[\x21-\x7e]+$/;

/**
 * A path of this application's own, with its query and fragment, which a browser may be led to. It may come from the
 * request (`?next=/orders`). It refuses what a browser, a proxy or a router could take for another host
 * (`//host`, `/\host`, in any number of percent escapes), and control characters (OWASP, Unvalidated
 * Redirects and Forwards). Throws RequestInvalidError.
 */
export function localPath(target: unknown): string {
  if (typeof target !== 'string' || target.length > MAX_LENGTH || !PRINTABLE.test(target)) throw refused();
  if (!target.startsWith('/') || target.includes('\\')) throw refused();
  const end = target.search(/[?#]/);
  let path = end === -1 ? target : target.slice(0, end);
  if (!isDecodable(path)) throw refused();
  for (let decoded = 0; ; decoded++) {
    // oxlint-disable-next-line no-control-regex
    if (/\/\/|[\\\x00-\x1f\x7f]/.test(path) || decoded > MAX_DECODINGS) throw refused();
    const next = path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
    if (next === path) return target;
    path = next;
  }
}

function isDecodable(path: string): boolean {
  try {
    return decodeURIComponent(path) !== '';
  } catch {
    return false;
  }
}

function refused(): RequestInvalidError {
  return new RequestInvalidError(
    `A redirect must lead to a path of this application: "/" and up to ${MAX_LENGTH} printable ASCII characters, without "//" and "\\".`,
  );
}
