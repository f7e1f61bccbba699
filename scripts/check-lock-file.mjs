// A lock file that installs everywhere: no address of a registry in it, the binaries of other platforms too, and what
// the manifests ask for.
// `npm install` leaves out, without a word, what a registry does not have yet for another platform; `npm ci` then fails.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

// Packages with a binary for each platform.
const PLATFORM_FAMILIES = {
  '@swc/core': /^@swc\/core-darwin-/,
  oxlint: /^@oxlint\/(binding-)?darwin-/,
  'unrs-resolver': /^@unrs\/resolver-binding-darwin-/,
  '@node-rs/argon2': /^@node-rs\/argon2-darwin-/,
  esbuild: /^@esbuild\/darwin-/,
  rollup: /^@rollup\/rollup-darwin-/,
};

/** What is wrong with a lock file, given as its text: one line each. */
function faultsOf(text) {
  const faults = [];
  const { packages } = JSON.parse(text);
  const addressed = Object.entries(packages).filter(([, { resolved }]) => /^https?:/.test(resolved ?? ''));
  if (addressed.length > 0) {
    faults.push(
      `${addressed.length} packages have the address of a registry, such as ${addressed[0][0]}: put omit-lockfile-registry-resolved=true into .npmrc, delete the lock file and node_modules, and run npm install`,
    );
  }
  const installed = Object.entries(packages).map(([path, about]) => [
    path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    about,
  ]);
  const names = new Set(installed.map(([name]) => name));
  for (const [family, binary] of Object.entries(PLATFORM_FAMILIES)) {
    if (names.has(family) && ![...names].some((name) => binary.test(name))) {
      faults.push(
        `${family} has no binary for darwin: pin a version whose binaries exist for every platform, delete the lock file and node_modules, and run npm install`,
      );
    }
  }
  for (const [name, { optionalDependencies = {} }] of installed) {
    const missing = Object.keys(optionalDependencies).filter((one) => !names.has(one));
    if (missing.length > 0) faults.push(`${name} lacks ${missing.join(', ')}: npm ci will fail`);
  }
  return faults;
}

/** Where a lock file says something else than the manifests it locks. */
function staleManifests(path) {
  const { packages } = JSON.parse(readFileSync(path, 'utf8'));
  return Object.keys(packages)
    .filter((folder) => !folder.includes('node_modules'))
    .filter((folder) => {
      const manifest = join(dirname(path), folder, 'package.json');
      return existsSync(manifest) && !sameNeeds(JSON.parse(readFileSync(manifest, 'utf8')), packages[folder]);
    })
    .map((folder) => `${folder || '.'}/package.json asks for something else: run npm install`);
}

const sameNeeds = (one, other) =>
  ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'].every((kind) =>
    isDeepStrictEqual(one[kind] ?? {}, other[kind] ?? {}),
  );

const root = join(import.meta.dirname, '..');
const given = process.argv.slice(2);
const faults = [];
for (const file of given.length > 0
  ? given
  : ['package-lock.json', 'bench/package-lock.json', 'site/package-lock.json']) {
  const path = resolve(root, file);
  const found = existsSync(path)
    ? [...faultsOf(readFileSync(path, 'utf8')), ...staleManifests(path)]
    : ['there is no such file'];
  faults.push(...found.map((fault) => `${file}: ${fault}`));
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
