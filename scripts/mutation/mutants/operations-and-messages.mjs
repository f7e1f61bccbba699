import { mutantsOf } from './mutants-of.mjs';

/** Whose credentials count for an operation of GraphQL or a message, and that a subscription ends with its sign-in. */
export const OPERATION_AND_MESSAGE_MUTANTS = [
  ...mutantsOf(
    'context/graphql-request.ts',
    ['GraphQL credentials'],
    [
      [
        'a cookie in connectionParams counts',
        'if (!wasSent(handshake, name)) delete headers[name];',
        'if (name === undefined) delete headers[name];',
      ],
      ['a token in connectionParams does not count', '?? headersIn(given._connectionInit)', ''],
    ],
  ),
  ...mutantsOf(
    'context/credentials/sent-authorization.ts',
    ['GraphQL credentials', 'messages'],
    [['the first of two tokens counts', 'given.length === 1 && typeof value', 'typeof value']],
  ),
  ...mutantsOf(
    'context/credentials/message-request.ts',
    ['messages'],
    [
      ['each guard of a message asks again', 'requests.set(context, request);', ''],
      ['the metadata of a message are not read', 'return context.getMetadata?.();', 'return undefined;'],
    ],
  ),
  ...mutantsOf(
    'live/graphql/live-iterator.ts',
    ['live iterator'],
    [
      ['a subscription outlives its sign-in', 'for (const { reject } of waiting) reject(error);', ''],
      [
        'a source outlives its subscription',
        'void Promise.resolve(this.source.return?.())',
        'void Promise.resolve()',
      ],
    ],
  ),
  ...mutantsOf(
    'live/graphql/live-subscription.interceptor.ts',
    ['subscriptions'],
    [
      [
        'a connection outlives its sign-in',
        'if (socket && !isRenewable(reason)) setImmediate(closeSocket, socket, reason);',
        '',
      ],
      [
        'a watch outlives its subscription',
        '() => live.release()',
        '() => undefined',
        ['subscriptions everywhere'],
      ],
    ],
  ),
  ...mutantsOf(
    'live/graphql/subscription-socket.ts',
    ['close codes'],
    [
      [
        'a client whose token expired gives up',
        'return RENEWABLE.has(reason.code) || !isUnauthorised(reason);',
        'return false;',
      ],
    ],
  ),
];
