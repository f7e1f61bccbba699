const PLAIN = /^[a-z0-9._:@-]*$/;
const MAX_LENGTH = 255;

/**
 * How a subject's id is written in our tables: lower-case letters, digits and `. _ : @ -` as they are, every other
 * byte as `=` and two hex digits. MySQL's default collations take Alice and alice, e and é for one; in this form
 * subjects stay apart under any collation, and the usual ids (UUIDs, numbers) stay readable.
 */
export function subjectKey(subject: string): string {
  if (PLAIN.test(subject)) return subject;
  let key = '';
  for (const byte of Buffer.from(subject)) {
    const char = String.fromCharCode(byte);
    key += PLAIN.test(char) ? char : `=${byte.toString(16).padStart(2, '0')}`;
  }
  return key;
}

/**
 * The subject's id that `subjectKey` wrote in this form.
 */
export function subjectOfKey(key: string): string {
  if (!key.includes('=')) return key;
  const bytes: number[] = [];
  for (let i = 0; i < key.length; i++) {
    if (key[i] === '=') {
      bytes.push(Number.parseInt(key.slice(i + 1, i + 3), 16));
      i += 2;
    } else bytes.push(key.charCodeAt(i));
  }
  return Buffer.from(bytes).toString();
}

/** Whether a value can be the id of a subject: a non-empty string, well-formed, that fits its column. */
export function isSubject(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value.isWellFormed() &&
    subjectKey(value).length <= MAX_LENGTH
  );
}

/** For a column that holds a subject's id. */
export const asSubject = { from: subjectOfKey, to: subjectKey };

/** For a column whose subject may be null. */
export const asSubjectOrNull = {
  from: (key: string | null): string | null => (key === null ? null : subjectOfKey(key)),
  to: (subject: string | null): string | null => (subject === null ? null : subjectKey(subject)),
};
