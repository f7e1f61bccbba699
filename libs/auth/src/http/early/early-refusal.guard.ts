import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { HttpRequest } from '../../context/http-request.js';
import type { RequestInvalidError } from '../../errors/auth-error.js';

const refusals = new WeakMap<object, RequestInvalidError>();

/** Keeps why the early hook refused a body; `request` is Node's own. */
export function noteRefusal(request: object, refused: RequestInvalidError): void {
  refusals.set(request, refused);
}

/**
 * Answers requests that the early hook refused. The host's middleware has run by then: without its CORS headers the browser would
 * hide the answer from the page.
 */
@Injectable()
export class EarlyRefusalGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const refused = refusals.get(request.raw ?? request);
    if (refused) throw refused;
    return true;
  }
}
