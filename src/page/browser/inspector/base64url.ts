const ALPHABET = /^[A-Za-z0-9_-]*$/;

/** The bytes of canonical base64url without padding (RFC 4648, section 5); `undefined` for every other text. */
export function strictBytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!ALPHABET.test(text) || text.length % 4 === 1) return undefined;
  const bytes = bytesOf(text);
  const unused = text.length % 4 === 2 ? 0b1111 : text.length % 4 === 3 ? 0b11 : 0;
  return unused !== 0 && (sextet(text.at(-1)!) & unused) !== 0 ? undefined : bytes;
}

/** The bytes of what can be read at all: other alphabets, padding and stray characters are passed over. */
export function lenientBytes(text: string): Uint8Array<ArrayBuffer> {
  const cleaned = text
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/[^A-Za-z0-9_-]/g, '');
  return bytesOf(cleaned.length % 4 === 1 ? cleaned.slice(0, -1) : cleaned);
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function sextet(character: string): number {
  return 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.indexOf(character);
}

const UTF_8 = new TextDecoder('utf-8', { ignoreBOM: true });

export function textOf(bytes: Uint8Array): string {
  return UTF_8.decode(bytes);
}
