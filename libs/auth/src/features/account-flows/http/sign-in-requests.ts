import type { HttpRequest } from '../../../context/http-request.js';
import { strictBody } from '../../../context/strict-input.js';
import type { SignInMode } from '../../../options/auth-options.js';
import { FLOW_FIELDS } from '../flows/flow-arguments.js';

const HANDLE = { type: 'string', max: 256 } as const;
const MODE = { type: 'string', max: 10, oneOf: ['session', 'tokens', 'hybrid'] } as const;
const TOKEN = FLOW_FIELDS.token;
const CODE = { type: 'string', max: 256, required: true } as const;

/** The fields of each request. */
export const ASKING_FIELDS = { identifier: FLOW_FIELDS.identifier, handle: { type: 'boolean' } } as const;
export const OPENING_FIELDS = { token: TOKEN, handle: HANDLE } as const;
export const LINK_FIELDS = { token: TOKEN, handle: HANDLE, mode: MODE } as const;
export const CODE_FIELDS = { code: CODE, handle: HANDLE, mode: MODE } as const;

/** The body of a request for a link or a code. Throws RequestInvalidError. */
export function askingBody(request: HttpRequest): { readonly identifier: string; readonly handle?: boolean } {
  return strictBody(request, ASKING_FIELDS) as { identifier: string; handle?: boolean };
}

/** The body of a request that looks at a link. Throws RequestInvalidError. */
export function openingBody(request: HttpRequest): { readonly token: string; readonly handle?: string } {
  return strictBody(request, OPENING_FIELDS) as { token: string; handle?: string };
}

interface Redeeming {
  readonly handle?: string;
  readonly mode?: SignInMode;
}

/** The body of a sign-in by a link. Throws RequestInvalidError. */
export function linkBody(request: HttpRequest): Redeeming & { readonly token: string } {
  return strictBody(request, LINK_FIELDS) as unknown as Redeeming & {
    token: string;
  };
}

/** The body of a sign-in by a code. Throws RequestInvalidError. */
export function codeBody(request: HttpRequest): Redeeming & { readonly code: string } {
  return strictBody(request, CODE_FIELDS) as unknown as Redeeming & {
    code: string;
  };
}
