/** The stable codes that callers may rely on. */
export type AuthErrorCode =
  | 'AUTH_CREDENTIALS_MISSING'
  | 'AUTH_CREDENTIALS_INVALID'
  | 'AUTH_ACCESS_TOKEN_INVALID'
  | 'AUTH_ACCESS_TOKEN_EXPIRED'
  | 'AUTH_ACCESS_TOKEN_REVOKED'
  | 'AUTH_ACCESS_TOKEN_STALE'
  | 'AUTH_REFRESH_TOKEN_INVALID'
  | 'AUTH_SESSION_INVALID'
  | 'AUTH_SESSION_EXPIRED'
  | 'AUTH_SESSION_DATA_CONFLICT'
  | 'AUTH_CSRF_REJECTED'
  | 'AUTH_FORBIDDEN'
  | 'AUTH_REQUEST_INVALID'
  | 'AUTH_SIGN_IN_NOT_FOUND'
  | 'AUTH_SIGN_IN_LIMIT'
  | 'AUTH_CLIENT_INVALID'
  | 'AUTH_GRANT_FORBIDDEN'
  | 'AUTH_GRANT_UNSUPPORTED'
  | 'AUTH_GRANT_INVALID'
  | 'AUTH_SCOPE_INVALID'
  | 'AUTH_TARGET_INVALID'
  | 'AUTH_REFRESH_BUSY'
  | 'AUTH_PASSWORDS_BUSY'
  | 'AUTH_STORE_UNAVAILABLE';

/** The code of a feature's own error (`FeatureError`): upper-case words with underscores. */
export type FeatureErrorCode = `${Uppercase<string>}_${Uppercase<string>}`;
