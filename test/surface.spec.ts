/**
 * The public surface: each export of each entry says what it is for, and what users meet first has an example that
 * compiles and says what it throws.
 */
import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { DocumentationProgram } from './support/documentation-program.js';
import { ENTRIES } from './support/entries.js';
import { parsePage } from './support/markdown.js';
import { type Documented, publicSurface, surfaceProgram } from './support/public-surface.js';

/** What users meet most. Each has an `@example`; each that throws says so with `@throws`. */
const MET = `
  AuthModule.forRoot AuthModule.forRootAsync ResourceServerModule.forRoot
  UserDirectory PasswordHasher.hash PasswordHasher.verify
  AuthenticationService.signIn AuthenticationService.signInWithPassword AuthenticationService.refresh
  AuthenticationService.stepUp AuthenticationService.endSignIn AuthenticationService.rolesChanged
  AuthenticationService.credentialsChanged Authenticator RequestAuthenticator.connection HttpSignIn.signInWithPassword
  JwtAuthGuard SessionAuthGuard AnyAuthGuard LocalAuthGuard ServiceAuthGuard RolesGuard
  RequireRecentSignIn RecentSignIn.require PasswordPolicy.check PasswordConfirmation.confirm StepUp.withPassword
  Public MaxStaleness Roles Scopes SignedUrl SignedUrlGuard SignedUrls.sign
  SessionData SecurityEvents SigningKeys ServiceClients TokenExchange.exchange ServiceTokenClient authTesting
  createAuthDocument
  createAuthClient
`
  .trim()
  .split(/\s+/);
const MET_AND_THROW_NOTHING = `
  CurrentUser AuthError AuthConfigError AuthClientError TokenStorage MemoryStores ActAsModule actAs CookieJar ManualClock
`
  .trim()
  .split(/\s+/);

/** Classes that users construct or extend, besides errors. Nest makes all others: their constructors are internal. */
const CONSTRUCTED = `
  AuthExceptionFilter ManualClock MemoryRefreshTokenFamilyStore MemorySigningKeyStore MemoryStores MemorySubjectStore SameOriginGuard
  ServiceAuthGuard ServiceTokenClient
`
  .trim()
  .split(/\s+/);

/** One line for each thing that a comment lacks. */
function lacking(surface: readonly Documented[], met: readonly string[], quiet: readonly string[]): string[] {
  const found = (name: string) => surface.find((one) => one.name === name);
  return [
    ...surface
      .filter(({ name, text }) => !name.includes('.') && text.trim() === '')
      .map(({ name }) => `${name} has no comment`),
    ...[...met, ...quiet].filter((name) => !found(name)).map((name) => `${name} is not exported`),
    ...[...met, ...quiet]
      .filter((name) => found(name)?.examples.length === 0)
      .map((name) => `${name} has no @example`),
    ...met.filter((name) => found(name)?.throws.length === 0).map((name) => `${name} has no @throws`),
    ...quiet.filter((name) => found(name)?.throws.length).map((name) => `${name} throws`),
  ];
}

const surface = publicSurface(surfaceProgram());

describe('doc comments of the public surface', () => {
  it('are there: for each export, with examples and errors for what users meet most', () => {
    expect(surface.length).toBeGreaterThan(300);
    expect(lacking(surface, MET, MET_AND_THROW_NOTHING)).toEqual([]);
  });

  it('would be seen to be missing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'aerie-surface-'));
    try {
      const source = join(folder, 'index.ts');
      writeFileSync(
        source,
        `/** Good. */ export class A { /** Runs. */ run(): void {} }
        export interface B {} export const c = 1; export type D = B; export function e(): void {}
        /** Quiet. @throws Error always */ export class F {}
        // No doc comment.
        export class G {}`,
      );
      expect(lacking(publicSurface(surfaceProgram([source]), [source]), ['A.run', 'H'], ['F'])).toEqual([
        'e has no comment',
        'B has no comment',
        'c has no comment',
        'D has no comment',
        'G has no comment',
        'H is not exported',
        'A.run has no @example',
        'F has no @example',
        'A.run has no @throws',
        'F throws',
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('constructors of the public surface', () => {
  it('are declared for what users construct or extend', () => {
    const shown = surface.filter(({ name, isConstructible }) => isConstructible && !name.endsWith('Error'));
    expect(shown.map(({ name }) => name).sort()).toEqual(CONSTRUCTED);
  });
});

describe('examples in doc comments', () => {
  const pages = surface
    .filter(({ examples }) => examples.length > 0)
    .map(({ name, examples }) => parsePage(name, examples.join('\n\n')));
  const wrong = parsePage('Wrong', "```ts\nimport { Nothing } from 'nestjs-aerie';\n```");
  const program = new DocumentationProgram([...pages, wrong]);

  it.each(pages.map((page) => [page.path, page] as const))('compile: %s', (_, page) => {
    expect(page.blocks.map(({ language }) => language)).toEqual(['ts']);
    expect(program.errorsOf(page)).toEqual([]);
  });

  it('would be seen not to compile', () => {
    expect(program.errorsOf(wrong)).toEqual([expect.stringMatching(/^Wrong:2 .*Nothing/)]);
  });
});

describe('an entry', () => {
  it.each(ENTRIES.map(({ name, source }) => [name, source] as const))(
    'is what TypeScript finds in this repository for %s',
    (name, source) => {
      const path = join(import.meta.dirname, '../tsconfig.json');
      const { config } = ts.readConfigFile(path, ts.sys.readFile) as { config: object };
      const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(path, '..'));
      const { resolvedModule } = ts.resolveModuleName(name, join(path, '../src/main.ts'), options, ts.sys);
      expect(resolvedModule?.resolvedFileName).toBe(source);
    },
  );
});
