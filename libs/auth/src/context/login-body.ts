import { LOGIN_FIELDS } from '../users/login-fields.js';
import type { SignInMode } from '../options/auth-options.js';
import type { HttpRequest } from './http-request.js';
import { strictBody } from './strict-input.js';

/** The body of a login. */
export interface LoginBody {
  readonly identifier: string;
  readonly password: string;
  readonly mode?: SignInMode;
}

/** Throws RequestInvalidError for anything but `{ identifier, password, mode? }`, in JSON or from an HTML form. */
export function loginBody(request: HttpRequest): LoginBody {
  const mode = { type: 'string', max: 10, oneOf: ['session', 'tokens', 'hybrid'] } as const;
  return strictBody(request, { ...LOGIN_FIELDS, mode }, { forms: true }) as unknown as LoginBody;
}
