/**
 * Why the imports are checked: under ESM, two files that import each other through an injected class crash when they
 * are loaded ("Cannot access 'B' before initialization"), and which of the two depends on who came first. So imports
 * run one way, from the edge (which knows a request) over the sign-in and the rooms (one concept each) to the ground
 * floor, and no file imports an `index.ts`, which leads everywhere. A room that knows no HTTP and no TypeORM can be
 * tested with a plain constructor, and swapped.
 *
 * The rules are in `support/house-rules.ts`. Each of them is shown a house that breaks it, too.
 */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type House, HOUSE_RULES, undeclaredPackages } from './support/house-rules.js';
import { parseSource, readSources } from './support/source-imports.js';

const LIBRARY = join(import.meta.dirname, '../libs/auth');
const house = readSources(join(LIBRARY, 'src'));
const manifest = JSON.parse(readFileSync(join(LIBRARY, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
};

/** What breaks a rule on purpose, and why it may. An exception that is no longer needed is refused. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {};

/** The house with one file more, or another text in one. */
const withFile = (path: string, text: string): House =>
  new Map([...house, [path, parseSource(path, text)] as const]);

const BROKEN: readonly (readonly [rule: string, path: string, text: string, seen: RegExp])[] = [
  ['every folder has its place in the house', 'attic/box.ts', '', /^attic$/],
  ['every folder has its place in the house', 'box.ts', '', /^box\.ts$/],
  ['every import leads to a file', 'keys/a.ts', `import './b.js';`, /^keys\/a\.ts imports keys\/b\.ts$/],
  ['no file imports an index.ts', 'http/a.ts', `import { Roles } from '../index.js';`, /http\/a\.ts/],
  ['no file imports an index.ts', 'http/a.ts', `const a = import('../testing/index.js');`, /http\/a\.ts/],
  ['imports run downward only', 'guards/a.ts', `import '../http/auth-cookies.js';`, /guards\/a\.ts/],
  ['imports run downward only', 'context/a.ts', `import '../guards/any-auth.guard.js';`, /context\/a\.ts/],
  ['imports run downward only', 'http/a.ts', `import '../passport/jwt.strategy.js';`, /http\/a\.ts/],
  [
    'imports run downward only',
    'sign-in/a.ts',
    `import '../context/context-exceptions.js';`,
    /sign-in\/a\.ts/,
  ],
  ['imports run downward only', 'keys/a.ts', `import '../sign-in/authenticator.js';`, /keys\/a\.ts/],
  ['imports run downward only', 'keys/a.ts', `import '../options/auth-options.js';`, /keys\/a\.ts/],
  ['imports run downward only', 'keys/a.ts', `import '../access-tokens/access-token.js';`, /keys\/a\.ts/],
  ['imports run downward only', 'sessions/a.ts', `import '../refresh-tokens/family-turns.js';`, /sessions/],
  ['imports run downward only', 'sessions/a.ts', `import '../sql/database/sql.js';`, /sessions\/a\.ts/],
  [
    'imports run downward only',
    'revocation/a.ts',
    `import '../revocation-check/stale-feed-policy.js';`,
    /revocation/,
  ],
  ['imports run downward only', 'errors/a.ts', `import type {} from '../keys/key-ring.js';`, /errors\/a\.ts/],
  ['imports run downward only', 'errors/a.ts', `import '../auth.module.js';`, /errors\/a\.ts/],
  ['imports run downward only', 'options/a.ts', `import '../keys/key-ring.js';`, /options\/a\.ts/],
  [
    'imports run downward only',
    'module/a.ts',
    `import '../sql/stores/family-statements.js';`,
    /module\/a\.ts/,
  ],
  ['imports run downward only', 'module/a.ts', `import '../typeorm/typeorm-stores.js';`, /module\/a\.ts/],
  [
    'imports run downward only',
    'sql/stores/a.ts',
    `import '../../typeorm/entities/session.entity.js';`,
    /sql/,
  ],
  ['imports run downward only', 'sql/database/a.ts', `import '../../sessions/session-store.js';`, /sql/],
  [
    'imports run downward only',
    'lifecycle/a.ts',
    `import '../terminus/auth-health-indicator.js';`,
    /lifecycle/,
  ],
  ['imports run downward only', 'lifecycle/a.ts', `import '../cli/terminal.js';`, /lifecycle/],
  ['imports run downward only', 'terminus/a.ts', `import '../opentelemetry/auth-metrics.js';`, /terminus/],
  [
    'imports run downward only',
    'testing/a.ts',
    `import '../sql/stores/family-statements.js';`,
    /testing\/a\.ts/,
  ],
  [
    'imports run downward only',
    'audit/a.ts',
    `type T = import('../keys/key-ring.js').KeyRing;`,
    /audit\/a\.ts/,
  ],
  [
    'imports run downward only',
    'http/a.ts',
    `import '../features/service-issuer/clients/client-jwks.js';`,
    /http/,
  ],
  [
    'imports run downward only',
    'features/a/a.ts',
    `import '../service-issuer/clients/client-jwks.js';`,
    /features\/a\/a\.ts/,
  ],
  ['no file leads back to itself', 'keys/key-options.ts', `import type {} from './key-ring.js';`, /key-ring/],
  ['no file leads back to itself', 'keys/a.ts', `import type {} from './a.js';`, /^keys\/a\.ts$/],
  [
    'no file leads back to itself at run time',
    'keys/key-options.ts',
    `import './signing-key.js';`,
    /signing/,
  ],
  // Under verbatimModuleSyntax this import stays, without its name.
  [
    'no file leads back to itself at run time',
    'keys/a.ts',
    `import { type A } from './a.js';`,
    /keys\/a\.ts/,
  ],
  [
    'the options of a room need the ground floor alone',
    'keys/key-options.ts',
    `import './signing-key.js';`,
    /keys/,
  ],
  ['the audit is known by its port', 'http/a.ts', `import '../audit/security-event-outputs.js';`, /http/],
  ...(
    [
      ['sql/stores/a.ts', 'typeorm'],
      ['module/a.ts', '@nestjs/typeorm'],
      ['features/a.ts', 'typeorm'],
      ['features/a/a.ts', 'typeorm'],
      ['http/a.ts', '@nestjs/passport'],
      ['http/a.ts', 'passport'],
      ['context/a.ts', 'passport-jwt'],
      ['context/a.ts', 'passport-local'],
      ['context/a.ts', 'passport-strategy'],
      ['keys/a.ts', 'rxjs'],
      ['lifecycle/a.ts', '@nestjs/terminus'],
      ['features/a/a.ts', '@nestjs/swagger'],
      ['terminus/a.ts', '@opentelemetry/api'],
      ['http/a.ts', 'commander'],
    ] as const
  ).map(
    ([path, name]) =>
      [
        'a package is known to the rooms that need it alone',
        path,
        `import type {} from '${name}';`,
        new RegExp(`^${path} imports ${name}$`),
      ] as const,
  ),
  ['no folder has over 16 files of its own', 'context/a-17th-file.ts', '', /^context has 1[7-9]$/],
  ['the ground floor knows no framework', 'time/a.ts', `import { Logger } from '@nestjs/common';`, /time/],
  ['the ground floor knows no framework', 'time/a.ts', `import rxjs from 'rxjs';`, /time/],
  ...(
    [
      ['sign-in/a.ts', `const status = 403;`, /sign-in\/a\.ts:1/],
      ['guards/a.ts', `import 'express';`, /guards\/a\.ts/],
      ['guards/a.ts', `let reply: FastifyReply;`, /guards\/a\.ts/],
      ['keys/a.ts', `throw new NotFoundException();`, /keys\/a\.ts/],
      ['features/a/a.ts', `throw new NotFoundException();`, /features\/a\/a\.ts/],
    ] as const
  ).map(
    ([path, text, seen]) =>
      ['HTTP is known to context, http, features and the resource server alone', path, text, seen] as const,
  ),
  [
    'the browser client imports nothing else',
    'client/a.ts',
    `import '../errors/auth-error.js';`,
    /client\/a\.ts/,
  ],
  [
    'the browser client imports nothing else',
    'client/a.ts',
    `import { URL } from 'node:url';`,
    /client\/a\.ts/,
  ],
  ['every file has under 250 lines', 'keys/a.ts', '\n'.repeat(249) + 'end', /^keys\/a\.ts$/],
  ['nothing is named for what it is made of', 'keys/utils/a.ts', '', /^keys\/utils\/a\.ts$/],
  ['nothing is named for what it is made of', 'keys/constants.ts', '', /^keys\/constants\.ts$/],
  ['nothing is named for what it is made of', 'keys/key.interface.ts', '', /^keys\/key\.interface\.ts$/],
  [
    'factories are provided by provide() alone',
    'module/a.ts',
    `const a = { provide: A, inject: [B], useFactory: (b: B) => new A(b) };`,
    /^module\/a\.ts:1$/,
  ],
  [
    'factories are provided by provide() alone',
    'features/a/a.ts',
    `const a = [{ 'provide': A, async useFactory() {} }];`,
    /^features\/a\/a\.ts:1$/,
  ],
  [
    'a token that may be null is nullable wherever it is provided or injected',
    'module/a.ts',
    `provide(A, [B, RevocationFeed], (b, feed) => new A(b, feed));`,
    /^module\/a\.ts:1 has RevocationFeed$/,
  ],
  [
    'a token that may be null is nullable wherever it is provided or injected',
    'module/a.ts',
    `provide(KeyRotation, [], () => new KeyRotation());`,
    /^module\/a\.ts:1 has KeyRotation$/,
  ],
  [
    'a token that may be null is nullable wherever it is provided or injected',
    'module/a.ts',
    `provide(A, [{ token: RevocationFeed, optional: true }], (feed) => new A(feed));`,
    /^module\/a\.ts:1 has RevocationFeed$/,
  ],
  ['no file exports everything of another', 'keys/a.ts', `export * from './key-ring.js';`, /keys\/a\.ts/],
];

describe('the house', () => {
  it('is read whole', () => {
    expect(house.size).toBeGreaterThan(100);
    expect([...house.values()].flatMap((file) => file.imports).length).toBeGreaterThan(400);
  });

  it.each(Object.entries(HOUSE_RULES))('%s', (name, rule) => {
    expect(rule(house).sort()).toEqual([...(EXCEPTIONS[name] ?? [])].sort());
  });

  it.each(BROKEN)('would be seen if broken: %s (%s)', (name, path, text, seen) => {
    const before = new Set(HOUSE_RULES[name]!(house));
    const found = HOUSE_RULES[name]!(withFile(path, text)).filter((line) => !before.has(line));
    expect(found).toEqual([expect.stringMatching(seen)]);
  });

  it('is shown a breach of every rule', () => {
    expect([...new Set(BROKEN.map(([rule]) => rule))].sort()).toEqual(Object.keys(HOUSE_RULES).sort());
  });

  it('imports declared packages alone', () => {
    const declared = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }));
    // Types alone: the schematic takes the TypeScript of the project that it runs in.
    declared.add('typescript');
    expect(undeclaredPackages(house, declared)).toEqual([]);
    expect(undeclaredPackages(withFile('keys/a.ts', `import 'left-pad/x.js';`), declared)).toEqual([
      'keys/a.ts imports left-pad/x.js',
    ]);
  });

  it('uses every package it declares', () => {
    const used = [...house.values()].flatMap((file) => file.imports.map(({ specifier }) => specifier));
    const loadedByNest = ['reflect-metadata', 'rxjs'];
    const idle = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).filter(
      (name) =>
        !loadedByNest.includes(name) && !used.some((one) => one === name || one.startsWith(`${name}/`)),
    );
    expect(idle).toEqual([]);
  });
});
