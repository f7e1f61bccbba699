import { type ExecutionContext, HttpException } from '@nestjs/common';
import { AuthError } from '../errors/auth-error.js';
import { asHttpException, bodyOf, headersOf } from './error-responses.js';
import { type HttpResponse, setHeader } from './http-request.js';

/**
 * An error in the form that this context's own handlers understand; for HTTP the headers are on the response by
 * then. What is no AuthError is returned as it is. The optional peers are loaded only where they are in use.
 */
export function toContextException(error: unknown, context: ExecutionContext): unknown {
  if (!(error instanceof AuthError)) return error;
  switch (context.getType<string>()) {
    case 'http': {
      const response = context.switchToHttp().getResponse<HttpResponse>();
      for (const [name, value] of Object.entries(headersOf(error))) setHeader(response, name, value);
      return asHttpException(error);
    }
    case 'ws':
      return wsException(error);
    case 'rpc':
      return rpcException(error);
    case 'graphql':
      return graphqlException(error);
    default:
      return asHttpException(error);
  }
}

/**
 * For GraphQL, whose drivers show clients the `extensions` of what was thrown. Nest logs an error that is no HttpException
 * there. Apollo's driver replaces the code of one whose body has a `statusCode`.
 */
export function graphqlException(error: AuthError): Error {
  const { message, ...extensions } = bodyOf(error);
  const { code, statusCode } = extensions;
  return Object.assign(new HttpException({ code, message }, statusCode, { cause: error }), { extensions });
}

/** The form that clients of gateways and of microservices get. */
export function messageOf(error: AuthError): { status: 'error'; code: string; message: string } {
  const { code, message } = bodyOf(error);
  return { ...error.details, status: 'error', code, message };
}

async function wsException(error: AuthError): Promise<Error> {
  const { WsException } = await import('@nestjs/websockets');
  return Object.assign(new WsException(messageOf(error)), { cause: error });
}

async function rpcException(error: AuthError): Promise<Error> {
  const { RpcException } = await import('@nestjs/microservices');
  return Object.assign(new RpcException(messageOf(error)), { cause: error });
}
