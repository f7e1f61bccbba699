import { type ReadJwt, readJwt } from './jws.js';
import { TOKEN_FORMS, type TokenForm } from './token-forms.js';

/** What was found in a text. */
export type FoundToken =
  | { readonly jwt: ReadJwt }
  | { readonly form: TokenForm; readonly text: string }
  | { readonly signedUntil: number };

export interface Found {
  readonly tokens: readonly FoundToken[];
  /** Why there is none. */
  readonly nothing: string | null;
}

const MAX_SEARCHED = 300_000;
const MAX_WORDS = 10_000;
const MAX_TOKENS = 5;
const SIGNATURE =
  /[?&]signature=([1-9][0-9]{0,10})\.(?:[A-Za-z0-9_-]{22})?\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/;

/**
 * The tokens in any text: alone, as `Bearer <token>`, in a Cookie header, in a URL, in JSON. It takes time by the length of the
 * text alone, and reads no more than its first 300,000 characters.
 */
export function findTokens(given: string): Found {
  const text = given.slice(0, MAX_SEARCHED).trim();
  if (text === '') return { tokens: [], nothing: null };
  // Whole, first: the words below have lost the characters that no token has, and the verifier is to say so.
  const alone = text.replace(/^bearer\s+/i, '');
  const jwt = /[\s;,"']/.test(alone) ? undefined : readJwt(alone);
  if (jwt) return { tokens: [{ jwt }], nothing: null };
  const tokens: FoundToken[] = [];
  const seen = new Set<string>();
  let broken: string | undefined;
  for (const word of text.split(/[^A-Za-z0-9_.-]+/, MAX_WORDS)) {
    if (seen.has(word) || tokens.length === MAX_TOKENS) continue;
    seen.add(word);
    const token = tokenIn(word);
    if (typeof token === 'string') broken ??= token;
    else if (token) tokens.push(token);
  }
  const signature = SIGNATURE.exec(text);
  if (signature && tokens.length < MAX_TOKENS) tokens.push({ signedUntil: Number(signature[1]) * 1000 });
  return { tokens, nothing: tokens.length > 0 ? null : nothingFound(given, text, broken) };
}

/** A token, the prefix of a broken one, or `undefined`. */
function tokenIn(word: string): FoundToken | string | undefined {
  const form = TOKEN_FORMS.find(({ prefix }) => word.startsWith(prefix));
  if (form?.isWhole(word)) return { form, text: word };
  const jwt = readJwt(word.replace(/(\..*\..*)\.$/, '$1'));
  return jwt ? { jwt } : form?.prefix;
}

function nothingFound(given: string, text: string, broken: string | undefined): string {
  if (broken !== undefined)
    return `this begins as a token of ours does (${broken}), but is cut short, too long or changed`;
  const bytes = new TextEncoder().encode(given.trim()).length;
  return text.startsWith('eyJ')
    ? `this begins as a JWT does, but cannot be read as one (got ${bytes} bytes, not shown)`
    : `this is neither a JWT nor a token of ours (got ${bytes} bytes, not shown)`;
}
