import { Injectable } from '@nestjs/common';
import { AuthenticatingGuard } from './authenticating.guard.js';

/** Admits requests with a good access token (`Authorization: Bearer`). Its cookies are not looked at. */
@Injectable()
export class JwtAuthGuard extends AuthenticatingGuard {
  protected readonly accepted = 'access-token';
}
