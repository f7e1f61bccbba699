/** Random letters and digits that nobody mistakes for each other. `crypto.randomUUID` needs a secure context. */
export function randomText(length: number): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => letters[byte % letters.length]).join('');
}
