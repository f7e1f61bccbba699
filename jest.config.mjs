import { readFileSync } from 'node:fs';

// better-sqlite3 12 can end a process on Node.js 24; 13 needs Node-API 10, of Node.js 22.14 (docs/operating.md).
const sqlite = Number(process.versions.napi) >= 10 ? 'better-sqlite3-13' : 'better-sqlite3';

// The package's own entries lead to their sources: no build step, and never a second copy of a guard.
const manifest = JSON.parse(readFileSync(new URL('libs/auth/package.json', import.meta.url), 'utf8'));
const entries = Object.entries(manifest.exports)
  .filter(([, { default: built }]) => built)
  .map(([subpath, { default: built }]) => [
    `^nestjs-aerie${subpath.slice(1)}$`,
    built.replace('./dist', '<rootDir>/libs/auth/src').replace(/\.js$/, '.ts'),
  ]);

const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    ...Object.fromEntries(entries),
    '^better-sqlite3$': sqlite,
    // @fastify/static brings one that is an ES module, and `require`s it: Node.js can do that, Jest cannot.
    '^content-disposition$': '<rootDir>/node_modules/content-disposition',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: [
    '<rootDir>/dist',
    '<rootDir>/libs/auth/dist',
    '<rootDir>/bench',
    '<rootDir>/site/node_modules',
    '<rootDir>/site/package.json',
    '<rootDir>/var',
  ],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          // Nest reads constructor types from the metadata that decorators emit.
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
          target: 'es2022',
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

/** Fails whatever test lets a secret be seen: in the log, on the console, in an event, in an error. */
const watched = { ...shared, setupFilesAfterEnv: ['<rootDir>/test/support/watch-secrets.ts'] };

export default {
  // Two cores: two suites at a time, and a limit that only a hang reaches.
  maxWorkers: 2,
  // Modules of ESM suites stay in memory: past this, a worker makes way for a fresh one rather than collect garbage in vain.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 30_000,
  projects: [
    {
      ...watched,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/libs/*/src/**/*.spec.ts',
        '<rootDir>/src/**/*.spec.ts',
        '<rootDir>/test/*.spec.ts',
        '<rootDir>/test/interop/*.spec.ts',
      ],
    },
    // What `npm test` runs of the end-to-end tests: each suite loads Nest and TypeORM once for the specs of a feature.
    { ...watched, displayName: 'suites', testMatch: ['<rootDir>/test/**/*.suite.ts'] },
    // The same specs, each by itself: `npm run test:one -- test/refresh/reuse`.
    { ...watched, displayName: 'e2e', testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'] },
    // Need PostgreSQL, MariaDB and Redis on this machine.
    {
      ...watched,
      displayName: 'services',
      testMatch: ['<rootDir>/test/**/*.services-spec.ts'],
      // Processes of their own run what was built.
      globalSetup: '<rootDir>/test/support/build-library.mjs',
    },
    // Compile, pack and install the package, as its users do: need a package registry.
    { ...shared, displayName: 'package', testMatch: ['<rootDir>/test/**/*.package-spec.ts'] },
    // Take long, or measure time: `.ci/proofs` runs them, a folder at a time.
    {
      ...watched,
      displayName: 'proofs',
      testMatch: ['<rootDir>/test/**/*.proofs-spec.ts'],
      globalSetup: '<rootDir>/test/support/build-library.mjs',
    },
  ],
};
