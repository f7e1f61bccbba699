// Compiled, never run: what a consumer's compiler must know, and refuse.
import { AuthModule, type AuthErrorCode, type Duration, type Principal } from 'nestjs-aerie';
import * as testing from 'nestjs-aerie/testing';
import { SETTINGS } from './settings.js';
import { Users } from './users.js';

declare module 'nestjs-aerie' {
  interface PrincipalProfile {
    readonly email: string;
  }
}

export const lifetime: Duration = '15m';
export const code: AuthErrorCode = 'AUTH_FORBIDDEN';
export const emailOf = (principal: Principal): string => principal.email;
export const suites: object = testing;

// @ts-expect-error: a bare number is no duration
export const bare: Duration = 900;
// @ts-expect-error: there is no such code
export const unknown: AuthErrorCode = 'AUTH_TEAPOT';
// @ts-expect-error: there is no such option
AuthModule.forRoot({ ...SETTINGS, users: Users, acessTokens: {} });
// @ts-expect-error: somebody must know the users
AuthModule.forRoot({ ...SETTINGS });
