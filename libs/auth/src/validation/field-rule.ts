import { RequestInvalidError } from '../errors/auth-error.js';

/** What one field of a body may be. */
export type FieldRule = TextRule | { readonly type: 'boolean' };

/** The rules for a text in a body. */
export interface TextRule {
  readonly type: 'string';
  readonly max: number;
  readonly required?: boolean;
  readonly oneOf?: readonly string[];
  /** Refuses half a surrogate pair: two such texts would be alike once they are bytes. */
  readonly wellFormed?: boolean;
  /** Refuses NUL, which PostgreSQL cannot hold. */
  readonly withoutNul?: boolean;
}

/** The value of a field. Throws RequestInvalidError, which names the field and never shows the value. */
export function checkedField(name: string, value: unknown, rule: FieldRule): string | boolean {
  if (rule.type === 'boolean') {
    if (typeof value !== 'boolean') throw new RequestInvalidError(`"${name}" must be true or false.`);
    return value;
  }
  if (typeof value !== 'string' || value === '' || value.length > rule.max) {
    throw new RequestInvalidError(`"${name}" must be a text of 1 to ${rule.max} characters.`);
  }
  if (rule.wellFormed && !value.isWellFormed()) {
    throw new RequestInvalidError(`"${name}" must be well-formed Unicode.`);
  }
  if (rule.withoutNul && value.includes('\0'))
    throw new RequestInvalidError(`"${name}" must not contain NUL.`);
  if (rule.oneOf && !rule.oneOf.includes(value)) {
    throw new RequestInvalidError(`"${name}" must be one of ${rule.oneOf.join(', ')}.`);
  }
  return value;
}

/** Throws RequestInvalidError for a required field that was not given. */
export function checkGiven(name: string, value: unknown, rule: FieldRule): void {
  if (rule.type === 'string' && rule.required && (value === undefined || value === null))
    throw new RequestInvalidError(`"${name}" is missing.`);
}
