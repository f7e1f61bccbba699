import { mutantsOf } from './mutants-of.mjs';

/** The browser client: whose token it keeps, what it sends where, and what it does when an answer is lost. */
export const CLIENT_MUTANTS = [
  ...mutantsOf(
    'client/authorized-fetch.ts',
    ['client requests'],
    [
      [
        'the access token goes to every origin',
        'if (!origins.includes(new URL(url, base()).origin)) return',
        'if (false) return',
      ],
      ['a request is sent again for another user', 'now.user?.id === sent.user.id', 'true', ['client tabs']],
      ['a header of the caller is replaced', "if (headers.has('Authorization'))", 'if (false)'],
      [
        'a refusal has each request ask for a token of its own',
        'if (shared.current() === sent) await renew();',
        'await renew();',
      ],
    ],
  ),
  ...mutantsOf(
    'client/shared-state.ts',
    ['client tabs'],
    [
      [
        'a message from before a sign-out brings a token back',
        'state.generation > other.generation : state.epoch > other.epoch',
        'state.generation > other.generation : true',
      ],
      ['a new tab asks for itself', 'send({ hello: true });', ''],
    ],
  ),
  ...mutantsOf(
    'client/renewal.ts',
    ['client tabs', 'client outages'],
    [
      [
        'a tab renews what another one has renewed',
        'if (shared.current() !== before) return;\n    const epoch',
        'const epoch',
        ['client tabs'],
      ],
      [
        'an outage is a sign-out',
        "else if (status === 401 && `${body['code']}`",
        "else if (status >= 400 && `${body['code']}`",
        ['client outages'],
      ],
      ['a 401 of a proxy is a sign-out', "&& `${body['code']}`.startsWith('AUTH_')", '', ['client outages']],
      [
        'the token of another tab is removed',
        'if ((await kept.load())?.token !== token.token)',
        'if (false)',
        ['client storages'],
      ],
      [
        'a lost answer is asked for without its key',
        "key ? { 'Idempotency-Key': key } : {}",
        '{}',
        ['client outages'],
      ],
    ],
  ),
  ...mutantsOf(
    'client/kept-token.ts',
    ['client storages'],
    [['a token that was not saved is lost', 'return unsaved ?? ask(', 'return ask(']],
  ),
  ...mutantsOf(
    'client/sign-ins.ts',
    ['client outages'],
    [
      [
        'a sign-out that the server has not heard of is forgotten',
        'records.change({ owesSignOut: true });',
        '',
      ],
    ],
  ),
];
