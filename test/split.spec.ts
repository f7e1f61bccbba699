/**
 * Every spec runs in `.ci/run` or in `.ci/proofs`, and in one of them alone; read from what they really run: the npm scripts
 * that they call, the projects of Jest that those select, what these projects match, and what a suite imports.
 */
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Project {
  readonly displayName: string;
  readonly testMatch: readonly string[];
}

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const { default: jest } = (await import(pathToFileURL(join(ROOT, 'jest.config.mjs')).href)) as {
  default: { projects: readonly Project[] };
};
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** Folders with sources of ours. */
const FOLDERS = ['bench', 'examples', 'libs/auth/src', 'scripts', 'src', 'test'];
const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => !/(^|\/)(node_modules|dist|var)\//.test(file))
    .map((file) => `${folder}/${file}`),
);
const specs = files.filter((file) => /[.-]spec\.[cm]?[jt]sx?$/.test(file));
const suites = files.filter((file) => file.endsWith('.suite.ts'));
const importsOf = (suite: string) =>
  [...read(suite).matchAll(/^import '(\..*)\.js';$/gm)].map(([, path]) => `${join(suite, '..', path!)}.ts`);

/** Lines that run again what runs already: on other versions, on the other adapter, in other projects. */
const AGAIN = /^.*(test:matrix|[A-Z_]+=\w+ tests ).*$/gm;

/** The projects that a command's scripts select, once for each script. */
function projectsOf(command: string): string[] {
  const called = [
    ...command.replace(AGAIN, '').matchAll(/\bnpm (?:run --silent )?(test[\w:]*)|\btests \S+ (test[\w:]*)/g),
  ];
  return [...new Set(called.map(([, script, named]) => script ?? named!))].flatMap((script) =>
    /--selectProjects ([a-z ]+?)(?= --|$)/.exec(scripts[script]!)![1]!.split(' '),
  );
}

function matches(file: string, project: string): boolean {
  const { testMatch } = jest.projects.find(({ displayName }) => displayName === project)!;
  return testMatch.some((glob) => matchesGlob(file, glob.replace('<rootDir>/', '')));
}

/** How often a command runs a file: itself, and in each suite that imports it. */
function runsOf(file: string, command: string): number {
  const loaded = [file, ...suites.filter((suite) => importsOf(suite).includes(file))];
  return projectsOf(command).flatMap((project) => loaded.filter((one) => matches(one, project))).length;
}

const [run, proofs] = [read('.ci/run'), read('.ci/proofs')];
const countOf = (file: string) => runsOf(file, run) + runsOf(file, proofs);

describe('each spec runs once, in .ci/run or in .ci/proofs', () => {
  it('all of them do', () => {
    expect(specs.filter((file) => countOf(file) !== 1)).toEqual([]);
    expect(specs.length).toBeGreaterThan(200);
  });

  it('and so does every suite', () => {
    expect(suites.filter((file) => countOf(file) !== 1)).toEqual([]);
  });

  it('which holds specs that can run by themselves, and nothing else', () => {
    for (const suite of suites) {
      expect(read(suite)).toMatch(/^\/\/ .+\n(import '\.[^']+\.e2e-spec\.js';\n)+$/);
      expect(importsOf(suite).filter((file) => !specs.includes(file))).toEqual([]);
    }
  });

  // A hook of the whole file would be one of the whole suite.
  it('whose hooks are within their own describe', () => {
    const hooked = specs
      .filter((file) => file.endsWith('.e2e-spec.ts'))
      .filter((file) => /^(before|after)(All|Each)\(/m.test(read(file)));
    expect(hooked).toEqual(['test/secret-watch.e2e-spec.ts']);
  });

  it('every part of .ci/proofs is a folder', () => {
    const found = specs.filter((file) => runsOf(file, proofs) === 1);
    expect(found.filter((file) => !/^test\/[\w-]+\/[^/]+$/.test(file))).toEqual([]);
    expect(found.length).toBeGreaterThan(5);
  });
});

describe('a spec that is new', () => {
  it.each([
    ['in no suite', 'test/refresh/new.e2e-spec.ts'],
    ['where no project looks', 'examples/services/new.spec.ts'],
    ['of an unknown kind', 'test/refresh/new.nightly-spec.ts'],
  ])('runs nowhere %s', (_, file) => {
    expect(countOf(file)).toBe(0);
  });

  it('runs twice where both commands call its script', () => {
    const file = 'test/races/reuse.services-spec.ts';
    expect(runsOf(file, run) + runsOf(file, `${proofs}\ntests again test:services`)).toBe(2);
  });

  it('runs by the kind that its name says', () => {
    expect(runsOf('test/refresh/new.services-spec.ts', run)).toBe(1);
    expect(runsOf('test/refresh/new.proofs-spec.ts', run)).toBe(0);
    expect(runsOf('test/refresh/new.proofs-spec.ts', proofs)).toBe(1);
  });
});
