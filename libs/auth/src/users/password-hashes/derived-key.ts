import { equalInConstantTime } from '../../crypto/constant-time.js';

/** The characters of a salt or a key in base64, with passlib's `.` for `+`; padding is optional. */
export const BASE64 = '[a-zA-Z0-9+/.]';
/** A key of 16 to 128 bytes. An empty one would match every password. */
export const KEY = `(${BASE64}{22,171}={0,2})`;

export function fromBase64(text: string): Buffer {
  return Buffer.from(text.replaceAll('.', '+'), 'base64');
}

/**
 * Whether a key is derived of this password. HMAC, which scrypt and PBKDF2 begin with, takes a password and the same one
 * with NULs after it for equal: so a password with a NUL matches none.
 */
export async function matchesKey(
  key: Buffer,
  password: string,
  derive: (password: string, bytes: number) => Promise<Buffer>,
): Promise<boolean> {
  const derived = await derive(password, key.length);
  return equalInConstantTime(derived, key) && !password.includes('\0');
}
