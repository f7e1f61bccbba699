import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { throwError } from 'rxjs';
import { asHttpException, bodyOf, headersOf } from '../context/error-responses.js';
import { graphqlException, messageOf } from '../context/context-exceptions.js';
import { AuthError } from '../errors/auth-error.js';

/** Answers AuthErrors that reach a controller's edge, such as those that `AuthenticationService` throws in a host's own handlers. */
@Injectable()
@Catch(AuthError)
export class AuthExceptionFilter implements ExceptionFilter<AuthError> {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: AuthError, context: ArgumentsHost): unknown {
    const type = context.getType<string>();
    if (type === 'graphql') return graphqlException(error);
    if (type === 'rpc') return throwError(() => messageOf(error));
    if (type !== 'http') throw asHttpException(error);
    const { httpAdapter } = this.host;
    const response = context.switchToHttp().getResponse<unknown>();
    for (const [name, value] of Object.entries(headersOf(error)))
      httpAdapter.setHeader(response, name, value);
    const body = bodyOf(error);
    httpAdapter.reply(response, body, body.statusCode);
    return undefined;
  }
}
