import { instantOption } from '../../validation/instant-option.js';
import { isFunction, type OptionReader } from '../../validation/option-reader.js';
import type { FormerCredential } from './credentials/former-credential.js';

/** Options of `formerSignIns()`. */
export interface FormerSignInsOptions {
  /** The kinds of credentials that are accepted, such as `[expressSession({ ... })]`; at most five. */
  readonly accept: readonly FormerCredential[];
  /** Until when. An ISO 8601 instant in UTC, at most 366 days away. */
  readonly until: string;
}

/** The options as the feature uses them. Also their injection token. */
export abstract class ResolvedFormerSignInsOptions {
  abstract readonly accept: readonly FormerCredential[];
  /** Epoch milliseconds. */
  abstract readonly until: number;
}

const MOST = 5;
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const COOKIE = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;

const isKind = (v: unknown): v is FormerCredential => {
  const { name, opens, cookie, identify, read, end } = Object(v) as Partial<FormerCredential>;
  return (
    typeof name === 'string' &&
    NAME.test(name) &&
    (opens === 'session' || opens === 'tokens') &&
    (cookie === undefined ? opens === 'tokens' : COOKIE.test(cookie)) &&
    isFunction(identify) &&
    isFunction(read) &&
    (end === undefined || isFunction(end))
  );
};
const isKinds = (v: unknown): v is readonly FormerCredential[] =>
  Array.isArray(v) &&
  v.length > 0 &&
  v.length <= MOST &&
  v.every(isKind) &&
  new Set(v.map(({ name }: FormerCredential) => name)).size === v.length;

/** Checks each option. `now`: epoch milliseconds. */
export function resolveFormerSignInsOptions(
  reader: OptionReader,
  now = Date.now(),
): ResolvedFormerSignInsOptions {
  return {
    accept: reader.custom(
      'accept',
      `a list of 1 to ${MOST} kinds of credentials, each once, such as expressSession({ ... }) and refreshJwt({ ... })`,
      isKinds,
    ),
    until: instantOption(reader, 'until', now),
  };
}
