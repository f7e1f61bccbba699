/** Which credentials a place accepts. */
export type CredentialKind = 'access-token' | 'session' | 'any';
