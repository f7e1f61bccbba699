import { RequestInvalidError } from '../../../errors/auth-error.js';
import { checkedField, checkGiven, type TextRule } from '../../../validation/field-rule.js';
import { LOGIN_FIELDS } from '../../../users/login-fields.js';

/** Fields of the routes, and arguments of the services. */
export const FLOW_FIELDS = {
  identifier: LOGIN_FIELDS.identifier,
  token: { type: 'string', max: 256, required: true },
  password: { type: 'string', max: 4096, required: true, wellFormed: true },
  current_password: { type: 'string', max: 1024, wellFormed: true },
  email: { type: 'string', max: 254, required: true, wellFormed: true, withoutNul: true },
} as const satisfies Record<string, TextRule>;

/** A checked text. Throws RequestInvalidError, which names the field and never shows the value. */
export function flowField(name: keyof typeof FLOW_FIELDS, value: unknown): string {
  checkGiven(name, value, FLOW_FIELDS[name]);
  return checkedField(name, value, FLOW_FIELDS[name]) as string;
}

/** Of one address, with a local part of up to 64 characters: neither spaces nor what a header or a list of addresses is made of. */
const ADDRESS = /^[^\s\p{Cc}@,;:<>()[\]\\"]{1,64}@(?!-)[^\s\p{Cc}@,;:<>()[\]\\"]+(?<![-.])$/u;

/** An address that a mail can be sent to, in Unicode's NFC form. Throws RequestInvalidError. */
export function addressField(value: unknown): string {
  const address = flowField('email', value).normalize('NFC');
  const domain = address.slice(address.lastIndexOf('@') + 1);
  if (!ADDRESS.test(address) || address.length > FLOW_FIELDS.email.max || domain.split('.').includes(''))
    throw new RequestInvalidError('"email" must be an e-mail address.');
  return address;
}
