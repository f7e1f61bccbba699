import { Injectable } from '@nestjs/common';
import { AuthenticatingGuard } from './authenticating.guard.js';

/** Admits requests with the cookie of a live session. Unsafe methods must come from this application's own or trusted origins. */
@Injectable()
export class SessionAuthGuard extends AuthenticatingGuard {
  protected readonly accepted = 'session';
}
