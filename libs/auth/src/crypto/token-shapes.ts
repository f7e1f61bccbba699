/** How each secret that this package hands out begins: docs/token-formats.md tells them to secret scanners. */
export const TOKEN_PREFIXES = ['s2_', 'rt1_', 'cs1_', 'a1_', 'ho1_', 'ah1_', 'ak1_', 'd1_'] as const;

const OPAQUE = new RegExp(`(${TOKEN_PREFIXES.join('|')})[A-Za-z0-9_-]{20,}`, 'g');
/** Long enough for a JWT. One class of characters, so that the search takes time by the length of the text alone. */
const DOTTED = /[A-Za-z0-9_.-]{30,}/g;
const SIGNATURE = /(signature=\d{1,11}\.)[\w-]*\.[\w-]{20,}/g;

/**
 * A text without the credentials of this package: session, refresh and action tokens, client secrets, JWTs, and the signatures of
 * signed URLs become `rt1_<redacted>`. For logs and traces of your own, which may hold URLs, headers and messages of errors. Codes
 * that people type have no shape to be known by.
 *
 * @example
 * ```ts
 * import { redactTokens } from 'nestjs-aerie';
 *
 * // The serializer of a request logger, or the hook of an HTTP instrumentation.
 * export const loggedUrl = (request: { url: string }): string => redactTokens(request.url);
 * ```
 */
export function redactTokens(text: string): string {
  return text.replace(OPAQUE, '$1<redacted>').replace(DOTTED, withoutJwt).replace(SIGNATURE, '$1<redacted>');
}

/** From the first segment on that begins as the header of a JWT does. */
function withoutJwt(word: string): string {
  const segments = word.split('.');
  let start = 0;
  for (let at = 0; at + 2 < segments.length; at++) {
    const header = segments[at]!.indexOf('eyJ');
    if (header !== -1 && segments[at]!.length - header > 10 && segments[at + 1]!.length > 10)
      return `${word.slice(0, start + header)}eyJ<redacted>`;
    start += segments[at]!.length + 1;
  }
  return word;
}
