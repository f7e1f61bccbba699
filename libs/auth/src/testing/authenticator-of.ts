import type { Principal } from '../principal/principal.js';
import { principalOfTest, type TestPrincipal } from './stand-in-principal.js';

/** The answer of a stand-in to every credential. */
export interface StandIn {
  cachedAccessToken(token: string): undefined;
  cachedSession(value: unknown): undefined;
  accessToken(token: string): Promise<Principal>;
  session(value: unknown): Promise<Principal>;
  password(identifier: string, password: string): Promise<Principal>;
  proofOf(principal: object): undefined;
}

/**
 * A stand-in for `Authenticator` that takes every credential for this principal's: for tests of an application, with
 * `overrideProvider(Authenticator).useValue(authenticatorOf({ id: 'ada' }))`. Members that are left out are those of
 * a sign-in by password a moment ago. For several people in one application, use `actAs`.
 */
export function authenticatorOf(principal: TestPrincipal): StandIn {
  const found = principalOfTest(principal, Date.now());
  const answer = (): Promise<Principal> => Promise.resolve(found);
  return {
    cachedAccessToken: () => undefined,
    cachedSession: () => undefined,
    accessToken: answer,
    session: answer,
    password: answer,
    proofOf: () => undefined,
  };
}
