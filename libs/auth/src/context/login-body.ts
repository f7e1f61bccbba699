import type { SignInMode } from '../options/auth-options.js';
import type { HttpRequest } from './http-request.js';
import { strictBody } from './strict-body.js';

/** The body of a login. */
export interface LoginBody {
  readonly identifier: string;
  readonly password: string;
  readonly mode?: SignInMode;
}

/** Throws RequestInvalidError for anything but `{ identifier, password, mode? }` in JSON. */
export function loginBody(request: HttpRequest): LoginBody {
  return strictBody(request, {
    identifier: { type: 'string', max: 320, required: true, wellFormed: true, withoutNul: true },
    password: { type: 'string', max: 1024, required: true, wellFormed: true },
    mode: { type: 'string', max: 10, oneOf: ['session', 'tokens', 'hybrid'] },
  }) as unknown as LoginBody;
}
