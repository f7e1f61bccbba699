import { mutantsOf } from './mutants-of.mjs';

/** The OpenAPI document: what it says about a route is what the route does. */
export const OPENAPI_MUTANTS = [
  ...mutantsOf(
    'openapi/route-access.ts',
    ['described guards'],
    [
      [
        'a guard of the whole application is left out',
        '[...globalGuards, ...guardsOn(controller)',
        '[...guardsOn(controller)',
      ],
      [
        'a public route asks for a user',
        'policy.isPublic && !policy.isOptional ? [] : userGuards',
        'userGuards',
      ],
      [
        'a handler for services takes users',
        'found[0] === AnyAuthGuard && (isForServices || isForUrls)',
        'false',
      ],
      ['two guards admit what either admits', 'admitted.every((kinds)', 'admitted.some((kinds)'],
      [
        'roles are named where no guard checks them',
        'roles: checks && !policy.isPublic ? policy.roles',
        'roles: !policy.isPublic ? policy.roles',
      ],
    ],
  ),
  ...mutantsOf(
    'openapi/operation.ts',
    ['described guards'],
    [
      [
        "the application's security is replaced",
        'operation.security ??= security',
        'operation.security = security',
      ],
      [
        "the application's answers are replaced",
        '{ ...answers, ...operation.responses }',
        '{ ...operation.responses, ...answers }',
      ],
      ['a route by cookie refuses no other site', 'byCookie && UNSAFE.has(method)', 'false'],
    ],
  ),
  ...mutantsOf(
    'openapi/auth-document.ts',
    ['described guards', 'described routes'],
    [
      ['two operations have one id', '  giveWay(found);\n', '', ['described guards']],
      [
        'pages for browsers are described',
        'if (handler?.description === null) delete item[method];\n      else if',
        'if',
        ['described routes'],
      ],
      [
        "the application's schema gives way",
        '...(schemas as typeof components.schemas), ...components.schemas }',
        '...components.schemas, ...(schemas as typeof components.schemas) }',
        ['described guards'],
      ],
    ],
  ),
  ...mutantsOf(
    'openapi/marked-handlers.ts',
    ['described guards'],
    [
      [
        'a handler keeps its mark',
        'if (extensions) Reflect.defineMetadata(EXTENSIONS, extensions, handler);\n      else Reflect.deleteMetadata(EXTENSIONS, handler);',
        '',
      ],
      ['an inherited handler is of any controller', 'score(one) > score(best)', 'false'],
    ],
  ),
];
