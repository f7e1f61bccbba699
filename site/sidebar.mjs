// The sidebar: every page by the task that it is for. `test/site.spec.ts` fails for a page that has no place here.
import { ENTRIES } from './entries.mjs';

/** A page, `docs/sessions.md` as `sessions`, and its words in the sidebar. */
const page = (name, text) => ({ text, link: `/${name}` });

export const SIDEBAR = [
  {
    text: 'Start',
    items: [
      page('start', 'In your application'),
      page('nest-add', 'Add it by nest add'),
      page('tour', 'A tour with curl'),
      page('decision-guide', 'Decision guide'),
      page('choosing', 'Session, tokens or hybrid'),
      page('compared-with', 'Compared with'),
      page('measured', 'How fast, how sure'),
    ],
  },
  {
    text: 'Sign-in',
    items: [
      page('nest', 'In a Nest application'),
      page('browser-client', 'Browser client'),
      page('long-lived-connections', 'Long-lived connections'),
      page('recipes', 'Recipes'),
      page('passwords', 'Passwords'),
      page('step-up', 'Step-up'),
      page('limits', 'Limits on tries'),
      page('signed-urls', 'Signed URLs'),
      page('errors', 'Errors'),
      page('testing', 'Testing your application'),
    ],
  },
  {
    text: 'Sessions and tokens',
    items: [
      page('sessions', 'Sessions'),
      page('refresh-families', 'Refresh families'),
      page('revocation', 'Revocation'),
      page('between-sessions-and-tokens', 'Between sessions and tokens'),
      page('handover', 'From an application to a browser'),
      page('keys', 'Keys'),
      page('token-formats', 'Token formats'),
      page('interoperability', 'Interoperability'),
    ],
  },
  {
    text: 'Account flows',
    items: [page('account-flows', 'Links and codes'), page('features', 'Features')],
  },
  {
    text: 'Services',
    items: [
      page('services', 'Tokens for services'),
      page('resource-server', 'Resource servers'),
      page('examples/services', 'Example: three services'),
    ],
  },
  {
    text: 'Moving',
    items: [
      page('moving', 'Moving an application'),
      page('examples/moving', 'Example: before and after'),
      page('changing-your-domain', 'Changing your domain'),
    ],
  },
  {
    text: 'Running it',
    items: [
      page('operating', 'Operating it'),
      page('several-nodes', 'On several nodes'),
      page('observability', 'Health and metrics'),
      page('audit', 'Security events'),
      page('command-line', 'Command line'),
      page('threats', 'What a thief can do'),
      page('asvs', 'OWASP ASVS 5.0'),
    ],
  },
  {
    text: 'Databases',
    items: [page('without-typeorm', 'Without TypeORM'), page('writing-a-store', 'Writing a store')],
  },
  {
    text: 'Reference',
    items: [
      page('options', 'Options'),
      page('routes', 'Built-in routes'),
      page('openapi', 'OpenAPI'),
      {
        text: 'API',
        link: '/api/',
        collapsed: true,
        items: ENTRIES.map(({ name }) => page(`api/${name}/`, name)),
      },
      page('bench', 'Benchmarks'),
      page('changelog', 'Changelog'),
    ],
  },
  {
    text: 'Project',
    items: [
      page('decisions/', 'Decisions'),
      page('contributing', 'Contributing'),
      page('security', 'Reporting a vulnerability'),
    ],
  },
];
