import type { ExecutionContext } from '@nestjs/common';
import { AuthError } from '../errors/auth-error.js';
import { asHttpException, bodyOf, headersOf } from './error-answers.js';
import type { HttpResponse } from './http-request.js';

/**
 * An error in the form that this context's own handlers understand; for HTTP the headers are on the response by
 * then. What is no AuthError is returned as it is. The optional peers are loaded only where they are in use.
 */
export function refusal(error: unknown, context: ExecutionContext): unknown {
  if (!(error instanceof AuthError)) return error;
  switch (context.getType<string>()) {
    case 'http': {
      const response = context.switchToHttp().getResponse<HttpResponse>();
      for (const [name, value] of Object.entries(headersOf(error))) response.header(name, value);
      return asHttpException(error);
    }
    case 'ws':
      return wsException(error);
    case 'rpc':
      return rpcException(error);
    case 'graphql':
      return graphqlError(error);
    default:
      return asHttpException(error);
  }
}

/** The `GraphQLError` that clients know how to read: `extensions.code` is ours. */
export async function graphqlError(error: AuthError): Promise<Error> {
  const { GraphQLError } = await import('graphql');
  const { statusCode, code, message } = bodyOf(error);
  return new GraphQLError(message, { extensions: { code, statusCode }, originalError: error });
}

async function wsException(error: AuthError): Promise<Error> {
  const { WsException } = await import('@nestjs/websockets');
  const { code, message } = bodyOf(error);
  return Object.assign(new WsException({ status: 'error', code, message }), { cause: error });
}

async function rpcException(error: AuthError): Promise<Error> {
  const { RpcException } = await import('@nestjs/microservices');
  const { code, message } = bodyOf(error);
  return Object.assign(new RpcException({ status: 'error', code, message }), { cause: error });
}
