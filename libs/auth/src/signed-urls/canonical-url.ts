/** The query parameter that holds the signature. */
export const SIGNATURE = 'signature';

/** More than any browser or proxy passes on. */
const LONGEST = 8192;
const MOST_PARAMETERS = 100;

/** A path and query in the one form that is signed. */
export interface CanonicalUrl {
  readonly path: string;
  /** Each `name=value`, or `name` alone, sorted; the signature is left out. */
  readonly query: readonly string[];
  /** The value of every parameter named `signature`. */
  readonly signatures: readonly string[];
}

/**
 * The canonical form of a request's target (origin form, RFC 9112, section 3.2.1), or null for one that no client sends
 * after `SignedUrls.sign`: not ASCII, a malformed percent escape, a dot segment, too long.
 *
 * Two targets have the same form only if RFC 3986 calls them equivalent (section 6.2.2: the case of an escape, an escaped
 * letter, digit or `-._~`), or if their parameters come in another order. Parameters of one name keep their order. So do those
 * of one root (`a[x]`, `a[y]`, `a`), because parsers merge them.
 */
export function canonicalUrl(target: string): CanonicalUrl | null {
  if (target.length > LONGEST || !target.startsWith('/')) return null;
  const mark = target.indexOf('?');
  const path = canonicalText(mark === -1 ? target : target.slice(0, mark));
  if (path === null || /\/\.{1,2}(\/|$)/.test(path)) return null;
  const pieces = mark === -1 ? [] : target.slice(mark + 1).split('&');
  if (pieces.length > MOST_PARAMETERS) return null;
  const query: { root: string; text: string }[] = [];
  const signatures: string[] = [];
  for (const piece of pieces) {
    const text = canonicalText(piece);
    if (text === null) return null;
    const equals = text.indexOf('=');
    const name = equals === -1 ? text : text.slice(0, equals);
    if (name === SIGNATURE) signatures.push(equals === -1 ? '' : text.slice(equals + 1));
    else query.push({ root: rootOf(name), text });
  }
  // `sort` is stable: parameters of one root stay in their order.
  query.sort((a, b) => (a.root < b.root ? -1 : a.root > b.root ? 1 : 0));
  return { path, query: query.map(({ text }) => text), signatures };
}

/** Parsers of nested parameters take `a[b]`, `a.b`, `[a]` and `a` for parts of one value. Brackets are escaped by now. */
function rootOf(name: string): string {
  return name.replace(/^(%5B)+/, '').split(/%5B|%5D|\./, 1)[0]!;
}

const UNRESERVED = /^[A-Za-z0-9._~-]$/;

/** Escapes in one form (RFC 3986, section 6.2.2); null where one is malformed, and for what must have been escaped. */
function canonicalText(text: string): string | null {
  // A space, a fragment, control characters and bytes beyond ASCII never stand in a request target as they are.
  if (!/^[\x21\x22\x24-\x7e]*$/.test(text) || /%(?![0-9a-f]{2})/i.test(text)) return null;
  return text.replace(/%[0-9a-f]{2}|["<>[\\\]^`{|}]/gi, (part) => {
    if (part.length === 1) return escapeOf(part.charCodeAt(0));
    const character = String.fromCharCode(Number.parseInt(part.slice(1), 16));
    return UNRESERVED.test(character) ? character : part.toUpperCase();
  });
}

function escapeOf(code: number): string {
  return `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
}
