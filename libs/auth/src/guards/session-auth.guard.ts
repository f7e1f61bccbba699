import { Injectable } from '@nestjs/common';
import { AuthenticatingGuard } from './authenticating.guard.js';

/** Admits requests with a live session's cookie; unsafe ones from this application's own and trusted origins only. */
@Injectable()
export class SessionAuthGuard extends AuthenticatingGuard {
  protected readonly accepted = 'session';
}
