/** The contents page of `nestjs-aerie/client`: the browser client. It imports nothing else of this package. */
export type {
  AuthClient,
  AuthClientMode,
  AuthClientOptions,
  AuthListener,
  AuthorizedRequest,
  AuthUser,
} from './auth-client.js';
export { AuthClientError, type AuthClientOwnCode } from './auth-client-error.js';
export { createAuthClient } from './create-auth-client.js';
export type { TokenStorage } from './token-storage.js';
