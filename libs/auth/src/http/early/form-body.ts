import type { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { RequestInvalidError } from '../../errors/auth-error.js';
import { checkBodyHeadersFor, readText } from './json-body.js';

const TYPE = /^application\/x-www-form-urlencoded *(; *charset=("?)utf-8\2)?$/i;

/** Refuses a body by its headers, as `checkBodyHeaders` does, but for the type that OAuth asks for. */
export function checkFormHeaders(request: IncomingMessage): void {
  checkBodyHeadersFor(request, TYPE, 'application/x-www-form-urlencoded');
}

/**
 * Reads a form of at most 16 KiB, strictly; `check` is called before one that is not empty is parsed. Throws
 * RequestInvalidError.
 */
export async function readForm(
  stream: Readable,
  check: () => void,
): Promise<{ text: string; value: unknown }> {
  const text = await readText(stream);
  if (text === '') return { text, value: undefined };
  check();
  return { text, value: formFields(text) };
}

/**
 * The fields of a form (WHATWG URL, section 5.1): each at most once (RFC 6749, section 3.2), every escape a good one.
 * One without a value is as good as none (the same section). Throws RequestInvalidError.
 */
function formFields(text: string): Record<string, string> {
  const seen = new Set<string>();
  const fields: [string, string][] = [];
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = unescaped(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? '' : unescaped(pair.slice(equals + 1));
    if (seen.has(name)) throw new RequestInvalidError('The body has a field twice.');
    seen.add(name);
    if (name === '__proto__') throw new RequestInvalidError('The body has an unknown field.');
    if (value !== '') fields.push([name, value]);
  }
  return Object.fromEntries(fields);
}

/** A text of a form, or of Basic credentials (RFC 6749, appendix B). Throws RequestInvalidError. */
export function unescaped(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new RequestInvalidError('An escape is malformed.');
  }
}
