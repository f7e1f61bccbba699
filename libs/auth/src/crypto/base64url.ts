/**
 * Decodes base64url without padding (RFC 4648, section 5), strictly: other alphabets, padding and non-canonical
 * trailing bits give `undefined`, so that two different texts never mean the same bytes.
 */
export function decodeBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  // Node.js skips all that it cannot read; what it encodes is in the strict form.
  return bytes.toString('base64url') === text ? bytes : undefined;
}
