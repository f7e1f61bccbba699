import { checkedField, checkGiven, type TextRule } from '../validation/field-rule.js';

/** The fields of a sign-in by password, in JSON, from a form or as arguments. */
export const LOGIN_FIELDS = {
  identifier: { type: 'string', max: 320, required: true, wellFormed: true, withoutNul: true },
  password: { type: 'string', max: 1024, required: true, wellFormed: true },
} as const satisfies Record<string, TextRule>;

/**
 * An identifier and a password that a user may have, before a query and a hash: a form that lacks a field is no outage
 * of the directory. Throws RequestInvalidError.
 */
export function loginFields(identifier: unknown, password: unknown) {
  return { identifier: checked('identifier', identifier), password: checked('password', password) };
}

/** A password that a user may have, before a query and a hash. Throws RequestInvalidError. */
export const checkedPassword = (password: unknown): string => checked('password', password);

function checked(name: keyof typeof LOGIN_FIELDS, value: unknown): string {
  checkGiven(name, value, LOGIN_FIELDS[name]);
  return checkedField(name, value, LOGIN_FIELDS[name]) as string;
}
