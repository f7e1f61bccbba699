import { describe, expect, it } from '@jest/globals';
import {
  AccessTokenExpiredError,
  AccessTokenRevokedError,
  AccessTokenStaleError,
  type AuthError,
  SessionExpiredError,
  SessionInvalidError,
  SessionStaleError,
  StoreUnavailableError,
} from '../../errors/auth-error.js';
import { closeSocket, socketOf } from './subscription-socket.js';

describe('the connection of a subscription', () => {
  it.each(
    (
      [
        [new AccessTokenExpiredError(), 4403],
        [new AccessTokenStaleError(), 4403],
        [new SessionStaleError(), 4403],
        [new AccessTokenRevokedError(), 4401],
        [new SessionInvalidError(), 4401],
        [new SessionExpiredError(), 4401],
        [new StoreUnavailableError(), 1013],
      ] as [AuthError, number][]
    ).map(([reason, code]) => [reason.code, code, reason] as const),
  )('is closed for %s with %d', (_name, code, reason) => {
    const frames: unknown[] = [];
    closeSocket({ close: (...frame) => void frames.push(frame) }, reason);
    expect(frames).toEqual([[code, reason.code]]);
  });

  const socket = { close: () => undefined };
  it.each([
    ["graphql-ws's own connection", { extra: { socket } }],
    ["Nest's default context", { req: { extra: { socket } } }],
    ["Mercurius's, where the application passes it on", { socket, request: {} }],
  ])('is found in %s', (_where, context) => expect(socketOf(context)).toBe(socket));

  it.each([undefined, null, {}, { req: null }, { extra: {} }, { socket: {} }, { socket: null }])(
    'is not found in %j',
    (context) => expect(socketOf(context)).toBeUndefined(),
  );
});
