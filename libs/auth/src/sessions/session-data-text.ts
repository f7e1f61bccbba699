/** Of UTF-8, as JSON: what a column of type `text` holds on each database. */
const MAX_BYTES = 65_535;

/**
 * A session's data as it is kept: JSON text, null for null. Throws TypeError for what would not come back as it was (a
 * date, a map, an instance, a number that is not finite, `undefined` but as a member of an object, which leaves it out), and
 * for what is 64 KiB or more.
 */
export function sessionDataText(value: unknown): string | null {
  if (value === null) return null;
  let text: string | undefined;
  try {
    text = JSON.stringify(value) as string | undefined;
  } catch (cause) {
    throw new TypeError('the data of a session must be JSON (it refers to itself, or holds a bigint)', {
      cause,
    });
  }
  if (text === undefined || !isJson(value)) {
    throw new TypeError(
      'the data of a session must be JSON: null, texts, finite numbers, true, false, lists, plain objects',
    );
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) {
    throw new TypeError(`the data of a session must be less than 64 KiB of JSON (got ${bytes} bytes)`);
  }
  return text;
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return Array.from(value).every(isJson);
  const prototype: unknown = Object.getPrototypeOf(value);
  // Plain in whatever realm it was made: nothing above its prototype.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return false;
  return Object.values(value).every((member) => member === undefined || isJson(member));
}
