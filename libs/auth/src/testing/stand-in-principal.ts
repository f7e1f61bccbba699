import { neverEnds } from '../live/stand-in-credential.js';
import type { Principal } from '../principal/principal.js';

/** A principal of a test: an id, and what matters to the test. */
export type TestPrincipal = Partial<Principal> & { readonly id: string };

/** A whole principal: members that are left out are those of a sign-in by password at this instant. */
export function principalOfTest(given: TestPrincipal, now: number): Principal {
  const whole = {
    roles: [],
    scopes: [],
    signInId: '00000000-0000-4000-8000-000000000000',
    kind: 'tokens',
    authenticatedAt: new Date(now),
    methods: ['pwd'],
    ...given,
  };
  neverEnds(whole);
  return whole as unknown as Principal;
}
