import { Injectable } from '@nestjs/common';
import { AuthenticatingGuard } from './authenticating.guard.js';

/** Admits an access token or a session cookie. An Authorization header decides alone: cookies are then not looked at. */
@Injectable()
export class AnyAuthGuard extends AuthenticatingGuard {
  protected readonly accepted = 'any';
}
