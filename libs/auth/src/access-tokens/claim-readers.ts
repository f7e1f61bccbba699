import { AccessTokenInvalidError } from '../errors/auth-error.js';

const MAX_SECONDS = 8_640_000_000_000;

/** A number that is an instant (or an epoch): finite, not negative, within what a Date can hold. */
export function seconds(value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= MAX_SECONDS)) throw new AccessTokenInvalidError();
  return value;
}

/** A text with something in it. */
export function text(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new AccessTokenInvalidError();
  return value;
}

/** A list of texts. */
export function words(value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
    throw new AccessTokenInvalidError();
  return Object.freeze([...(value as string[])]);
}

/** Scopes, separated by single spaces (RFC 6749, section 3.3). */
export function scopeList(value: unknown): readonly string[] {
  if (typeof value !== 'string') throw new AccessTokenInvalidError();
  return Object.freeze(value === '' ? [] : value.split(' '));
}
