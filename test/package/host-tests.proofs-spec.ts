/**
 * The tests of docs/testing.md under other configurations of Jest, in projects as the Nest CLI 11 generates them: those of
 * the page for @swc/jest and for ES modules, on NestJS 11 and 12.
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { CLI_11, CliProject, documentedLines, JEST_11 } from './cli-project.js';
import { packedForTests } from './packed-library.js';

const ESM = ['--experimental-vm-modules'];
const ALL_PASS = { passed: 6, failed: [] };

const packed = packedForTests();

describe('a project of the Nest CLI 11', () => {
  let project: CliProject;
  beforeAll(async () => {
    const swc = { '@swc/core': '1.16.18', '@swc/jest': '^0.2.39' };
    project = await CliProject.install(packed, CLI_11, swc);
  }, 240_000);

  it.each(['unit', 'e2e'] as const)(
    'passes its %s tests with @swc/jest',
    async (kind) => {
      const config = {
        ...JEST_11[kind],
        ...documentedLines('jest-swc'),
        ...documentedLines('jest-commonjs'),
      };
      expect(await project.jest(config)).toMatchObject(ALL_PASS);
    },
    180_000,
  );

  it.each(['unit', 'e2e'] as const)(
    'passes its %s tests as ES modules',
    async (kind) => {
      const config = { ...JEST_11[kind], ...documentedLines('jest-esm') };
      expect(await project.jest(config, ESM)).toMatchObject(ALL_PASS);
    },
    180_000,
  );
});

describe('the same project on NestJS 12', () => {
  let project: CliProject;
  beforeAll(async () => {
    project = await CliProject.install(packed, { ...CLI_11, nest: '^12.0.1' });
  }, 240_000);

  it.each(['unit', 'e2e'] as const)(
    'passes its %s tests as ES modules',
    async (kind) => {
      const config = { ...JEST_11[kind], ...documentedLines('jest-esm') };
      expect(await project.jest(config, ESM)).toMatchObject(ALL_PASS);
    },
    180_000,
  );

  it('cannot be compiled to CommonJS: NestJS reads import.meta', async () => {
    const transformIgnorePatterns = ['/node_modules/(?!(@nestjs|nestjs-aerie)/)'];
    const { passed, failed } = await project.jest({ ...JEST_11.unit, transformIgnorePatterns });
    expect(passed).toBe(0);
    expect(failed.join('\n')).toContain('@nestjs/common/utils/load-package.util.js');
  }, 180_000);
});
