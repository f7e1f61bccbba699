/**
 * The tests that an application has of itself, in projects as the Nest CLI generates them: those of docs/testing.md, on
 * the packed package. `host-tests.proofs-spec.ts` tries other configurations of Jest.
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { CLI_11, CLI_12, CliProject, documentedLines, JEST_11 } from './cli-project.js';
import { JEST_LINES } from '../../libs/auth/src/schematics/package-changes.js';
import { packedForTests } from './packed-library.js';

/** The tests that the page has. */
const UNIT = 6;
const E2E = 6;

const packed = packedForTests();

describe('a project of the Nest CLI 11: CommonJS, Jest, ts-jest', () => {
  let project: CliProject;
  beforeAll(async () => {
    project = await CliProject.install(packed, CLI_11);
  }, 180_000);

  it('compiles', async () => {
    expect(await project.typeErrors()).toBe('');
  }, 60_000);

  it('passes its unit tests and its end-to-end tests, with the line of the page', async () => {
    const line = documentedLines('jest-commonjs');
    expect(await project.jest({ ...JEST_11.unit, ...line })).toMatchObject({ passed: UNIT, failed: [] });
    expect(await project.jest({ ...JEST_11.e2e, ...line })).toMatchObject({ passed: E2E, failed: [] });
  }, 180_000);

  it('is given that line by `nest add`', () => {
    expect(documentedLines('jest-commonjs')).toEqual(JEST_LINES);
  });

  it('does not without the line', async () => {
    const { passed, failed } = await project.jest(JEST_11.unit);
    expect(passed).toBe(0);
    expect(failed.join('\n')).toContain('Must use import to load ES Module');
  }, 60_000);
});

describe('a project of the Nest CLI 12: ESM, Vitest', () => {
  let project: CliProject;
  beforeAll(async () => {
    project = await CliProject.install(packed, CLI_12);
    for (const [name, include] of [
      ['vitest.config.ts', '**/*.spec.ts'],
      ['vitest.config.e2e.ts', '**/*.e2e-spec.ts'],
    ] as const)
      await project.write(name, vitestConfig(include));
  }, 180_000);

  it('compiles', async () => {
    expect(await project.typeErrors()).toBe('');
  }, 60_000);

  it('passes its unit tests and its end-to-end tests, as it is', async () => {
    expect(await project.vitest('vitest.config.ts')).toMatchObject({ passed: UNIT, failed: [] });
    expect(await project.vitest('vitest.config.e2e.ts')).toMatchObject({ passed: E2E, failed: [] });
  }, 120_000);
});

/** As the CLI generates it. */
const vitestConfig = (include: string): string => `
import { defineConfig } from 'vitest/config';
import tsconfigPaths from 'vite-tsconfig-paths';

export default defineConfig({
  plugins: [tsconfigPaths()],
  test: { globals: true, root: './', include: ['${include}'] },
});
`;
