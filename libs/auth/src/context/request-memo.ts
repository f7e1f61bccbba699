import type { Principal } from '../principal/principal.js';
import type { CredentialKind } from './request-credentials.js';
import { OperationRequest } from './graphql-request.js';
import { isHandshake } from './handshake.js';
import type { HttpRequest } from './http-request.js';

type Ask = () => Promise<Principal>;
type Given = ReadonlyMap<CredentialKind, Promise<Principal>>;

/**
 * What the guards of one application were answered, by the request whose credentials they read. Each request is asked
 * about once for each kind of credential and each age that the knowledge may have (resolvers of one GraphQL request may
 * differ in it), whatever the number of guards, parallel ones included: the others wait for the same answer. A connection
 * outlives its answers, so every message, and every operation, of one asks again.
 */
export class RequestMemo {
  private readonly given = new WeakMap<object, Map<number | null, Map<CredentialKind, Promise<Principal>>>>();

  askOnce(
    request: HttpRequest,
    accepted: CredentialKind,
    maxStalenessMs: number | null,
    ask: Ask,
  ): Promise<Principal> {
    if (isHandshake(request) && !(request instanceof OperationRequest)) return ask();
    let ofRequest = this.given.get(request);
    if (!ofRequest) this.given.set(request, (ofRequest = new Map()));
    let given = ofRequest.get(maxStalenessMs);
    if (!given) ofRequest.set(maxStalenessMs, (given = new Map()));
    let answer = given.get(accepted);
    if (!answer) {
      answer = stricterAnswer(accepted, given, ask) ?? looserAnswer(accepted, given, ask) ?? ask();
      given.set(accepted, answer);
    }
    return answer;
  }
}

/** Whom a stricter guard found will do where any credential is accepted; whom it refused may hold another one. */
function stricterAnswer(accepted: CredentialKind, given: Given, ask: Ask): Promise<Principal> | undefined {
  return accepted === 'any' ? (given.get('access-token') ?? given.get('session'))?.catch(ask) : undefined;
}

/** A guard that accepts any credential may have found one of the kind that a stricter guard wants. */
function looserAnswer(accepted: CredentialKind, given: Given, ask: Ask): Promise<Principal> | undefined {
  const wanted = accepted === 'session' ? 'session' : 'tokens';
  return given.get('any')?.then((found) => (found.kind === wanted ? found : ask()), ask);
}
