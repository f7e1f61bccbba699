import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { headersOf, oauthBodyOf } from '../../../context/error-responses.js';
import { AuthError } from '../../../errors/auth-error.js';

/** Answers AuthErrors of the routes of OAuth in its shape (RFC 6749, section 5.2), and in ours. */
@Injectable()
@Catch(AuthError)
export class OAuthExceptionFilter implements ExceptionFilter<AuthError> {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: AuthError, context: ArgumentsHost): void {
    const { httpAdapter } = this.host;
    const response = context.switchToHttp().getResponse<unknown>();
    for (const [name, value] of Object.entries(headersOf(error)))
      httpAdapter.setHeader(response, name, value);
    const body = oauthBodyOf(error);
    httpAdapter.reply(response, body, body.statusCode);
  }
}
