import { Get, Header, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { headerOf, type HttpRequest } from '../../../context/http-request.js';
import { sha256 } from '../../../crypto/digest.js';
import { Scopes } from '../../../decorators/scopes.decorator.js';
import { ServiceAuthGuard } from '../../../guards/service-auth.guard.js';
import type { RevocationEvent } from '../../../revocation/revocation-event.js';
import { GuardedStores } from '../../../stores/guarded-stores.js';
import { AuthExceptionFilter } from '../../../http/auth-exception.filter.js';
import { revocationsQuery } from './revocations-query.js';

/**
 * The revocations, for services that follow them (scope `revocations`): `?after=<id>&limit=<n>`, or `?ids=1,2,3`. Each
 * answer is a reading of the store, and tells its clock, as `now` and in the header `Aerie-Now`; who holds the same
 * revocations already is told so (304). Not decorated with a path: the module makes a subclass for each registration.
 */
@UseFilters(AuthExceptionFilter)
export class RevocationsController {
  constructor(
    private readonly stores: GuardedStores,
    private readonly host: HttpAdapterHost,
  ) {}

  @UseGuards(ServiceAuthGuard)
  @Scopes('revocations')
  @Get('revocations')
  @Header('Cache-Control', 'no-store')
  async revocations(@Req() request: HttpRequest, @Res({ passthrough: true }) response: unknown) {
    const query = revocationsQuery(request);
    const { revocations: log } = this.stores;
    const { revocations, now } = await ('ids' in query
      ? log.readOf(query.ids)
      : log.readAfter(query.after, query.limit));
    const body = revocations.map(revocationBody);
    // A strong one (RFC 9110, section 8.8.3): over every byte of what they say, whatever the time.
    const etag = `"${sha256('revocations|', JSON.stringify(body)).toString('base64url')}"`;
    const { httpAdapter } = this.host;
    httpAdapter.setHeader(response, 'ETag', etag);
    httpAdapter.setHeader(response, 'Aerie-Now', String(now));
    if (headerOf(request, 'if-none-match') !== etag) return { now, revocations: body };
    httpAdapter.status(response, 304);
    return undefined;
  }
}

function revocationBody({ id, kind, value, epoch, createdAt, expiresAt }: RevocationEvent) {
  return { id, kind, value, epoch, created_at: createdAt, expires_at: expiresAt };
}
