import { Get, Header, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { HttpRequest } from '../../../context/http-request.js';
import { strictQuery } from '../../../context/strict-input.js';
import { sha256 } from '../../../crypto/digest.js';
import { Scopes } from '../../../decorators/scopes.decorator.js';
import { RequestInvalidError } from '../../../errors/auth-error.js';
import { ServiceAuthGuard } from '../../../guards/service-auth.guard.js';
import type { RevocationEvent } from '../../../revocation/revocation-event.js';
import { GuardedStores } from '../../../stores/guarded-stores.js';
import { AuthExceptionFilter } from '../../../http/auth-exception.filter.js';
import { ifNoneMatchNames } from '../../../http/if-none-match.js';

export const MAX_LIMIT = 5_000;
export const DEFAULT_LIMIT = 1_000;
/** As many as fit into a URL. */
export const MAX_IDS = 200;
const WHOLE = /^(0|[1-9]\d{0,15})$/;

/**
 * The revocations, for services that follow them (scope `revocations`): `?after=<id>&limit=<n>`, or `?ids=1,2,3`. Each
 * answer is a reading of the store, and tells its clock, as `now` and in the header `Aerie-Now`; who holds the same
 * revocations already gets a 304. Not decorated with a path: the module makes a subclass for each registration.
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
    if (!ifNoneMatchNames(request, etag)) return { now, revocations: body };
    httpAdapter.status(response, 304);
    return undefined;
  }
}

function revocationBody({ id, kind, value, epoch, createdAt, expiresAt }: RevocationEvent) {
  return { id, kind, value, epoch, created_at: createdAt, expires_at: expiresAt };
}

/** Which revocations a service asks for: the first ones after an id, or those of these ids. */
type RevocationsQuery =
  { readonly ids: readonly number[] } | { readonly after: number; readonly limit: number };

/** Throws RequestInvalidError for anything but `?after=&limit=` or `?ids=1,2,3`. */
function revocationsQuery(request: HttpRequest): RevocationsQuery {
  const { ids, after, limit } = strictQuery(request, ['ids', 'after', 'limit']);
  if (ids === undefined)
    return {
      after: wholeNumber('after', after, 0, Number.MAX_SAFE_INTEGER, 0),
      limit: wholeNumber('limit', limit, 1, MAX_LIMIT, DEFAULT_LIMIT),
    };
  if (after !== undefined || limit !== undefined)
    throw new RequestInvalidError('"ids" must come without "after" and "limit".');
  const listed = ids.split(',', MAX_IDS + 1);
  if (listed.length > MAX_IDS) throw new RequestInvalidError(`"ids" must be at most ${MAX_IDS} numbers.`);
  return { ids: listed.map((id) => wholeNumber('ids', id, 1, Number.MAX_SAFE_INTEGER, 1)) };
}

function wholeNumber(
  name: string,
  text: string | undefined,
  min: number,
  max: number,
  fallback: number,
): number {
  if (text === undefined) return fallback;
  const value = WHOLE.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max))
    throw new RequestInvalidError(`"${name}" must be of whole numbers between ${min} and ${max}.`);
  return value;
}
