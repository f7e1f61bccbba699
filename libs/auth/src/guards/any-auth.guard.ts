import { Injectable } from '@nestjs/common';
import { AuthenticatingGuard } from './authenticating.guard.js';

/** Admits an access token or a session cookie. If there is an Authorization header, it alone decides: cookies are ignored. */
@Injectable()
export class AnyAuthGuard extends AuthenticatingGuard {
  protected readonly accepted = 'any';
}
