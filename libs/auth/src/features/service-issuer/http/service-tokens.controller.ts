import { Header, HttpCode, Post, Req, UseFilters } from '@nestjs/common';
import type { HttpRequest } from '../../../context/http-request.js';
import { requesterOf } from '../../../context/requester-of.js';
import { Public } from '../../../decorators/public.decorator.js';
import { RequestInvalidError } from '../../../errors/auth-error.js';
import { ClientAuthenticator } from '../clients/client-authenticator.js';
import { ClientCredentialsGrant } from '../tokens/client-credentials-grant.js';
import { TokenExchange } from '../tokens/token-exchange.js';
import { TokenIntrospection } from '../tokens/token-introspection.js';
import { TokenRevocation } from '../tokens/token-revocation.js';
import { OAuthExceptionFilter } from './oauth-exception.filter.js';
import { clientProof, oauthForm } from './oauth-request.js';
import { TOKEN_FIELDS, tokenAnswer, tokenRequest } from './token-request.js';

/**
 * The routes for services: a token, what has become of one, and its end. Not decorated with a path: the module makes a
 * subclass for each registration. Cookies are not looked at: who asks is told by the client's own proof alone.
 */
@UseFilters(OAuthExceptionFilter)
export class ServiceTokensController {
  constructor(
    private readonly clients: ClientAuthenticator,
    private readonly grant: ClientCredentialsGrant,
    private readonly tokens: TokenExchange,
    private readonly introspection: TokenIntrospection,
    private readonly revocation: TokenRevocation,
  ) {}

  @Public()
  @Post('token')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Header('Pragma', 'no-cache')
  async token(@Req() request: HttpRequest) {
    const form = oauthForm(request, TOKEN_FIELDS);
    const client = await this.clients.authenticate(clientProof(request, form), requesterOf(request));
    const asked = tokenRequest(form);
    const issued =
      asked.grant === 'client_credentials'
        ? await this.grant.issue(client, asked.asked)
        : await this.tokens.exchangeFor(client, asked.subject, asked.asked);
    return tokenAnswer(asked, issued);
  }

  /** RFC 7662. */
  @Public()
  @Post('introspect')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async introspect(@Req() request: HttpRequest) {
    const form = oauthForm(request, ['token', 'token_type_hint']);
    const client = await this.clients.authenticate(clientProof(request, form), requesterOf(request));
    return this.introspection.introspect(client, required(form.token));
  }

  /** RFC 7009. */
  @Public()
  @Post('revoke')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async revoke(@Req() request: HttpRequest): Promise<void> {
    const form = oauthForm(request, ['token', 'token_type_hint']);
    const client = await this.clients.authenticate(clientProof(request, form), requesterOf(request));
    await this.revocation.revoke(client, required(form.token));
  }
}

function required(token: string | undefined): string {
  if (token === undefined) throw new RequestInvalidError('"token" is missing.');
  return token;
}
