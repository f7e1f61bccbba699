import { isSubject } from './subject-key.js';

/** The text of a subject's id as a host has it: a string, a safe integer or a bigint; `undefined` for anything else. */
export function subjectText(value: unknown): string | undefined {
  const text = typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : value;
  return isSubject(text) ? text : undefined;
}

/** What is wrong with a value that is no id of a subject. The value itself is not shown. */
export function whyNoSubject(value: unknown): string {
  if (value === '') return 'an empty string';
  if (typeof value === 'string') return 'a string that is malformed, or has over 255 bytes';
  if (typeof value === 'number')
    return 'a number that is no safe integer: it is not exact, use a bigint or a string';
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  const members = value as { readonly toHexString?: unknown; readonly then?: unknown };
  if (typeof members.toHexString === 'function') return 'an ObjectId: call toHexString()';
  if (typeof members.then === 'function') return 'a promise: await it';
  return Array.isArray(value) ? 'a list' : 'an object: use its id, as text';
}
