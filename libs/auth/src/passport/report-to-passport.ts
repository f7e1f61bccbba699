import { setCurrent } from '../context/current-principal.js';
import type { HttpRequest } from '../context/http-request.js';
import { asHttpException, isUnauthorised, STATUS_OF } from '../context/error-responses.js';
import { AuthError } from '../errors/auth-error.js';
import type { Principal } from '../principal/principal.js';
import type { PassportActions } from './application-strategy.js';

/**
 * Tells Passport how an authentication ended: a refusal is a `fail`, so that the next strategy of a chain is tried;
 * an outage is an `error`, and ends the chain.
 */
export function reportToPassport(
  principal: Promise<Principal>,
  request: HttpRequest,
  actions: PassportActions,
): void {
  principal.then(
    (found) => {
      setCurrent(request, found, found);
      actions.success(found);
    },
    (error: unknown) => {
      if (!(error instanceof AuthError)) return actions.error(error);
      if (isUnauthorised(error)) actions.fail(error, STATUS_OF[error.code]);
      else actions.error(asHttpException(error));
    },
  );
}
