import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { graphqlException } from '../../context/context-exceptions.js';
import { currentPrincipal, currentService } from '../../context/current-principal.js';
import { carrierOf } from '../../context/request-of.js';
import type { AuthError } from '../../errors/auth-error.js';
import type { LiveSignIn } from '../live-sign-in.js';
import { LiveSignIns } from '../live-sign-ins.js';
import { LiveIterator } from './live-iterator.js';
import { closeSocket, isRenewable, socketOf } from './subscription-socket.js';

/**
 * Ends GraphQL subscriptions, and their connection, when the sign-in ends that a guard of ours found. Put it on a resolver, or on all
 * by `APP_INTERCEPTOR`; queries, mutations and subscriptions without a user pass through.
 *
 * A subscription whose sign-in has ended gets an error with `extensions.code`, and its connection is closed with 4401. If the client can
 * connect again without its user (the token expired, roles changed), the connection is closed with 4403 instead: clients of
 * graphql-ws then ask for new `connectionParams` and subscribe again. During an outage it is closed with 1013.
 *
 * @example
 * ```ts
 * import { applyDecorators, UseGuards, UseInterceptors } from '@nestjs/common';
 * import { AnyAuthGuard, LiveSubscriptionInterceptor } from 'nestjs-aerie';
 *
 * // A decorator for resolvers of yours, beside `@Subscription()`.
 * export const SignedIn = () =>
 *   applyDecorators(UseGuards(AnyAuthGuard), UseInterceptors(LiveSubscriptionInterceptor));
 * ```
 */
@Injectable()
export class LiveSubscriptionInterceptor implements NestInterceptor {
  /** @internal */
  constructor(private readonly live: LiveSignIns) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const results = next.handle();
    if (context.getType<string>() !== 'graphql') return results;
    const carrier = carrierOf(context);
    const principal = currentPrincipal(carrier) ?? currentService(carrier);
    if (!principal) return results;
    return results.pipe(
      map((result) => {
        if (!isAsyncIterable(result)) return result;
        return untilEnd(result, this.live.liveUntilSignedOut(principal), context.getArgByIndex(2));
      }),
    );
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof (value as Partial<AsyncIterable<unknown>> | null)?.[Symbol.asyncIterator] === 'function';
}

function untilEnd(source: AsyncIterable<unknown>, live: LiveSignIn, context: unknown): LiveIterator<unknown> {
  const iterator = new LiveIterator(source[Symbol.asyncIterator](), () => live.release());
  const socket = socketOf(context);
  live.onEnd((reason: AuthError) => {
    // An error would end the operation at the client, which subscribes again by itself after this close.
    if (socket && isRenewable(reason)) closeSocket(socket, reason);
    iterator.fail(graphqlException(reason));
    // The driver sends the error meanwhile.
    if (socket && !isRenewable(reason)) setImmediate(closeSocket, socket, reason);
  });
  return iterator;
}
