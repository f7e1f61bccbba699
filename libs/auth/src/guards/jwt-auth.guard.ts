import { Injectable } from '@nestjs/common';
import { AuthenticatingGuard } from './authenticating.guard.js';

/** Admits requests with a good access token (`Authorization: Bearer`). Cookies are ignored. */
@Injectable()
export class JwtAuthGuard extends AuthenticatingGuard {
  protected readonly accepted = 'access-token';
}
