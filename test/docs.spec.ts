/**
 * The documentation is checked like code: its TypeScript compiles, it names every option and every error code and no
 * other, with the defaults that hold, and its links lead somewhere. The README's example and its tour are run by
 * `package/readme.package-spec.ts` and `package/readme-tour.package-spec.ts`.
 */
import { describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { SecurityEvent } from 'nestjs-aerie';
import type { ProcessStatus } from '../libs/auth/src/audit/process-status.js';
import { RefusalCounters } from '../libs/auth/src/resource-server/refusal-counters.js';
import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { keptEvent } from '../libs/auth/src/audit/security-event-writer.js';
import { AuthCounters } from '../libs/auth/src/audit/auth-counters.js';
import { LoggerSecurityEventSink } from '../libs/auth/src/audit/security-event-outputs.js';
import { STATUS_OF } from '../libs/auth/src/context/error-responses.js';
import { STRUCTURAL_DEFAULTS } from '../libs/auth/src/module/structural-options.js';
import { AUTH_INSTRUMENTS, NOTIFICATION_DURATION } from '../libs/auth/src/opentelemetry/auth-instruments.js';
import { resolveAuthOptions } from '../libs/auth/src/options/resolve-auth-options.js';
import { resolveResourceServerOptions } from '../libs/auth/src/resource-server/resource-server.options.js';
import { RESOURCE_SERVER_STRUCTURE } from '../libs/auth/src/resource-server/resource-server.structure.js';
import { durationMs } from '../libs/auth/src/time/duration.js';
import { resolveServiceIssuerOptions } from '../libs/auth/src/features/service-issuer/service-issuer-options.js';
import { resolveDatabaseOptions } from '../libs/auth/src/sql/database/database-options.js';
import { OptionReader } from '../libs/auth/src/validation/option-reader.js';
import { DocumentationProgram } from './support/documentation-program.js';
import { wrongCalls } from './support/documented-calls.js';
import { differences, documentedDefaults, walkOptions } from './support/documented-options.js';
import { anchorsOf, linksOf, type MarkdownPage, parsePage, readPages, rowsOf } from './support/markdown.js';

const ROOT = join(import.meta.dirname, '..');
const pages = readPages();
const page = (path: string): MarkdownPage => {
  const found = pages.find((one) => one.path === path);
  if (!found) throw new Error(`${path} is missing`);
  return found;
};

const wrong = parsePage(
  'wrong.md',
  [
    '```ts',
    `import { JwtAuthGuard } from './app.module.js';`,
    'export const a: typeof JwtAuthGuard = 1;',
    '```',
    '```ts',
    'const sum: number = ;',
    '```',
    '```ts',
    '// file: a.ts',
    'export const one = 1;',
    '```',
    '```ts',
    `import { one } from './a.js';`,
    'export const two: string = one;',
    '```',
  ].join('\n'),
);
const program = new DocumentationProgram([...pages, wrong]);

describe('TypeScript in the documentation', () => {
  it('is there to be compiled', () => {
    expect(pages.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['README.md', 'libs/auth/README.md', 'docs/options.md', 'docs/errors.md']),
    );
    expect(program.size).toBeGreaterThan(5);
  });

  it.each(pages.map((one) => [one.path, one] as const))('compiles: %s', (_, one) => {
    expect(program.errorsOf(one)).toEqual([]);
  });

  it('is refused when it does not compile', () => {
    expect(program.errorsOf(wrong)).toEqual([
      expect.stringMatching(/^wrong\.md:2 .*JwtAuthGuard/),
      expect.stringMatching(/^wrong\.md:6 Expression expected/),
      expect.stringMatching(/^wrong\.md:14 Type 'number' is not assignable to type 'string'/),
    ]);
  });

  it('is never left out of this check', () => {
    const blocks = pages.flatMap(({ path, blocks: all }) => all.map((block) => ({ path, ...block })));
    const unchecked = blocks.filter(
      ({ language, attributes }) =>
        ['typescript', 'tsx', 'js', 'javascript'].includes(language) ||
        (language === 'ts' && attributes !== ''),
    );
    expect(unchecked.map(({ path, line }) => `${path}:${line}`)).toEqual([]);
    const nocheck = blocks.filter(({ text }) => /@ts-(ignore|nocheck)/.test(text));
    expect(nocheck.map(({ path, line }) => `${path}:${line}`)).toEqual([]);
  });
});

describe('calls that tables name', () => {
  it.each(pages.map((one) => [one.path, one] as const))('can be made: %s', (_, one) => {
    expect(wrongCalls(one, program)).toEqual([]);
  });

  it('would be seen to be wrong', () => {
    const table = [
      '| `stepUp(credential, methods)` |',
      '| `stepUp(subject, credential)` |',
      '| `credentialsChanged(subject, { retain? })`, `SigningKeys.sweep()` |',
      '| `stepUp(subject, credential, methods)`, `rolesChanged(subject, { transaction? })` |',
    ];
    expect(wrongCalls(parsePage('wrong.md', table.join('\n')), program)).toEqual([
      'wrong.md:1 stepUp(credential, methods): takes others',
      'wrong.md:2 stepUp(subject, credential): takes others',
      'wrong.md:3 credentialsChanged(subject, { retain? }): takes others',
      'wrong.md:3 SigningKeys.sweep(): is no method',
    ]);
  });
});

describe('docs/options.md', () => {
  const walked = walkOptions(program, [
    'AuthStructuralOptions',
    'AuthOptions',
    ['stores.', 'TypeOrmStoresOptions'],
    ['service-issuer.', 'ServiceIssuerOptions'],
  ]);

  it('is compared with the types', () => {
    expect([...walked.options.keys()]).toEqual(
      expect.arrayContaining(['users', 'secret', 'accessTokens.lifetime', 'cookies.refresh.name']),
    );
    expect(walked.options.get('keys')).toContain('kid');
    expect(walked.options.get('routes')).toEqual(['path']);
    expect([...walked.groups]).toEqual(expect.arrayContaining(['accessTokens', 'cookies.session']));
  });

  it('names every option, and no other', () => {
    expect(differences(page('docs/options.md'), walked)).toEqual([]);
  });

  it('would be seen to lack one, or to invent one', () => {
    const { text } = page('docs/options.md');
    const changed = text
      .replace('`accessTokens.lifetime`', '`accessTokens.lifespan`')
      .replace('kid?, ', '')
      .replace('### sessions', '### sittings');
    expect(differences(parsePage('docs/options.md', changed), walked).sort()).toEqual([
      'accessTokens.lifespan does not exist',
      'accessTokens.lifetime has no row',
      'keys does not say kid',
      'sittings is no group of options',
    ]);
  });

  it('gives the defaults that hold', () => {
    const resolved = {
      ...resolveAuthOptions({ secret: 'x'.repeat(32), issuer: 'https://api.example.com' }, 0),
      stores: { database: resolveDatabaseOptions(new OptionReader({})), audit: false },
      'service-issuer': resolveServiceIssuerOptions(new OptionReader({})),
    };
    const holding = (path: string): unknown => {
      if (path in STRUCTURAL_DEFAULTS) return STRUCTURAL_DEFAULTS[path as keyof typeof STRUCTURAL_DEFAULTS];
      const parts = path.split('.');
      const last = parts.pop()!;
      const group = parts.reduce<any>((value, part) => value[part], resolved);
      return last in group ? group[last] : group[`${last}Ms`];
    };
    const documented = documentedDefaults(page('docs/options.md'));
    // Says that another option is meant; it is not read afterwards.
    documented.delete('accessTokens.longLived');
    expect(documented.size).toBeGreaterThan(20);
    for (const [path, code] of documented) {
      const text = /^'(.*)'$/.exec(code)?.[1];
      const value = text ?? (JSON.parse(code.replaceAll("'", '"').replace(/(\w+):/g, '"$1":')) as unknown);
      expect({ path, default: durationMs(value) ?? value }).toEqual({ path, default: holding(path) });
    }
  });
});

describe('docs/resource-server.md', () => {
  const walked = walkOptions(program, ['ResourceServerStructuralOptions', 'ResourceServerOptions']);
  const one = page('docs/resource-server.md');

  it('names every option, and no other', () => {
    expect(walked.options.get('revocation')).toEqual(
      expect.arrayContaining(['mode', 'onUnavailable', 'redis']),
    );
    expect(differences(one, walked)).toEqual([]);
  });

  it('would be seen to lack one', () => {
    const changed = one.text
      .replace('`keys.maxAge`  ', '`keys.age`  ')
      .replace('maxEntries?, redis?', 'redis?');
    expect(differences(parsePage('docs/resource-server.md', changed), walked).sort()).toEqual([
      'keys.age does not exist',
      'keys.maxAge has no row',
      'revocation does not say maxEntries',
    ]);
  });

  it('gives the defaults that hold', () => {
    const resolved: any = resolveResourceServerOptions({
      issuer: 'https://api.example.com',
      audience: 'a',
      revocation: { mode: 'none' },
    });
    const documented = documentedDefaults(one);
    expect(documented.size).toBeGreaterThan(6);
    for (const [path, code] of documented) {
      const [group, member] = path.split('.') as [string, string?];
      const holder = member === undefined ? { ...RESOURCE_SERVER_STRUCTURE, ...resolved } : resolved[group];
      const name = member ?? group;
      const value = /^'(.*)'$/.exec(code)?.[1] ?? (JSON.parse(code) as unknown);
      expect({ path, default: durationMs(value) ?? value }).toEqual({
        path,
        default: name in holder ? holder[name] : holder[`${name}Ms`],
      });
    }
  });
});

describe('docs/errors.md', () => {
  const type = program.exported('AuthErrorCode');
  const codes = (type.isUnion() ? type.types : [type]).map((one) =>
    String((one as { value?: unknown }).value),
  );
  const known = [...codes, 'AUTH_CONFIG_INVALID'].sort();
  const headed = (one: MarkdownPage) =>
    one.headings
      .map((heading) => heading.replaceAll('`', ''))
      .filter((heading) => heading.startsWith('AUTH_'));

  it('has a heading for every code, and no other', () => {
    expect(known.length).toBeGreaterThan(10);
    expect(headed(page('docs/errors.md')).sort()).toEqual(known);
  });

  it('would be seen to lack one', () => {
    const { text } = page('docs/errors.md');
    expect(
      headed(parsePage('docs/errors.md', text.replace('## AUTH_FORBIDDEN', '## Forbidden'))).sort(),
    ).toEqual(known.filter((code) => code !== 'AUTH_FORBIDDEN'));
  });

  it('gives the status of every code', () => {
    const rows = rowsOf(page('docs/errors.md'), 'code').map(
      ([code = '', status = '']) => [/AUTH_\w+/.exec(code)?.[0], status] as const,
    );
    const statuses = Object.entries(STATUS_OF).map(([code, status]) => [code, String(status)] as const);
    expect(new Map(rows.filter(([code]) => code !== 'AUTH_CONFIG_INVALID'))).toEqual(new Map(statuses));
    expect(rows.map(([code]) => code).sort()).toEqual(known);
  });
});

describe('docs/audit.md', () => {
  const union = program.exported('SecurityEvent');
  /** The members of every event, by its type. */
  const events = new Map(
    (union.isUnion() ? union.types : [union])
      // The pages of features describe theirs.
      .filter(({ symbol }) => symbol?.name !== 'FeatureSecurityEvent')
      .map((event) => {
        const [name, ...members] = program.checker
          .getPropertiesOfType(event)
          .map((member) => [
            member.name,
            program.checker.typeToString(program.checker.getTypeOfSymbol(member)),
          ])
          .sort(([a]) => (a === 'type' ? -1 : 1))
          .map(([member, type]) => (member === 'type' ? JSON.parse(type!) : member) as string);
        return [name!, members] as const;
      }),
  );
  const rows = (one: MarkdownPage) =>
    new Map(
      rowsOf(one, 'event').map(([event = '', ...cells]) => [event.replaceAll('`', ''), cells] as const),
    );

  it('has a row for every event, and no other', () => {
    expect(events.size).toBeGreaterThan(10);
    expect([...rows(page('docs/audit.md')).keys()].sort()).toEqual([...events.keys()].sort());
  });

  it('would be seen to lack one', () => {
    const text = page('docs/audit.md').text.replace('| `token_rotated`', '| `token_turned`');
    expect([...rows(parsePage('docs/audit.md', text)).keys()]).not.toContain('token_rotated');
  });

  it('names what each holds', () => {
    for (const [event, members] of events) {
      const [, holds = ''] = rows(page('docs/audit.md')).get(event) ?? [];
      for (const member of members)
        expect({ event, holds }).toEqual({ event, holds: expect.stringContaining(`\`${member}\``) });
    }
  });

  it('says what becomes of each: in the log, and in the table', () => {
    for (const [event, cells] of rows(page('docs/audit.md'))) {
      const levels: string[] = [];
      const told = (level: string) => () => void levels.push(level);
      Logger.overrideLogger({
        log: told('log'),
        error: told('error'),
        warn: told('warn'),
        debug: told('debug'),
      });
      new LoggerSecurityEventSink().record({ type: event } as SecurityEvent);
      Logger.overrideLogger(false);
      const kept = keptEvent({ type: event } as SecurityEvent, 0) ? 'yes' : 'no';
      expect([event, ...cells.slice(2)]).toEqual([event, levels[0] ?? 'no', kept]);
    }
  });
});

describe('docs/observability.md', () => {
  const metrics = (one: MarkdownPage) =>
    new Map(rowsOf(one, 'metric').map(([name = '', ...cells]) => [name.replaceAll('`', ''), cells] as const));
  const rows = metrics(page('docs/observability.md'));
  /** Everything that can be shown is. */
  const status = {
    counts: new AuthCounters(),
    sessionsCached: 0,
    refusals: new RefusalCounters(),
    keys: () => ({ known: 1, ageMs: 0, failing: false }),
    feed: () => ({ entries: 0, lagMs: 0, overflowing: false, maxStalenessMs: 0, notifierConnected: true }),
  } as unknown as ProcessStatus;

  it('has a row for every metric, and no other', () => {
    const names = [...AUTH_INSTRUMENTS, NOTIFICATION_DURATION].map(({ name }) => name);
    expect([...rows.keys()].sort()).toEqual(names.sort());
  });

  it('would be seen to lack one', () => {
    const text = page('docs/observability.md').text.replace('`aerie.cache.reads`', '`aerie.cache.asked`');
    expect([...metrics(parsePage('docs/observability.md', text)).keys()]).not.toContain('aerie.cache.reads');
  });

  it('gives the type, the unit and the attributes of each', () => {
    for (const { name, kind, unit, read } of AUTH_INSTRUMENTS) {
      const [type, unitCell, attributes = ''] = rows.get(name) ?? [];
      expect([name, type, unitCell]).toEqual([name, kind, `\`${unit}\``]);
      const told = new Set(attributes.match(/(?<=`)[\w.]+(?=`)/g));
      const seen = new Set<string>();
      read(status, (_, given = {}) => {
        for (const [key, value] of Object.entries(given)) {
          seen.add(key);
          // Those are the events of docs/audit.md.
          if (key !== 'aerie.event.type') seen.add(String(value));
        }
      });
      expect([name, [...told].sort()]).toEqual([name, [...seen].sort()]);
    }
    const { name, unit } = NOTIFICATION_DURATION;
    expect(rows.get(name)!.slice(0, 3)).toEqual(['histogram', `\`${unit}\``, '']);
  });

  it('counts every event', () => {
    const told = rowsOf(page('docs/audit.md'), 'event').map(([event = '']) => event.replaceAll('`', ''));
    expect(Object.keys(status.counts.events).sort()).toEqual(told.sort());
  });
});

describe('links', () => {
  const dangling = (one: MarkdownPage): string[] =>
    linksOf(one)
      .filter(({ target }) => !/^[a-z][a-z+.-]*:/i.test(target))
      .filter(({ target }) => {
        const [file = '', anchor] = target.split('#');
        // The package's README stands beside its copy of the guides.
        const folder = join(ROOT, dirname(one.path).replace('libs/auth', '.'));
        const path = file === '' ? join(ROOT, one.path) : join(folder, decodeURI(file));
        if (!existsSync(path)) return true;
        if (anchor === undefined || statSync(path).isDirectory()) return false;
        const led = pages.find((other) => other.path === relative(ROOT, path).replaceAll('\\', '/'));
        return led !== undefined && !anchorsOf(led).has(anchor);
      })
      .map(({ target, line }) => `${one.path}:${line} leads to ${target}`);

  it.each(pages.map((one) => [one.path, one] as const))('lead somewhere: %s', (_, one) => {
    expect(dangling(one)).toEqual([]);
  });

  it('would be seen to lead nowhere', () => {
    const text =
      '[a](docs/none.md) [b](docs/errors.md#auth_none) [c](docs/errors.md#auth_forbidden) [d](#no)';
    expect(dangling(parsePage('README.md', text))).toEqual([
      'README.md:1 leads to docs/none.md',
      'README.md:1 leads to docs/errors.md#auth_none',
      'README.md:1 leads to #no',
    ]);
  });
});
