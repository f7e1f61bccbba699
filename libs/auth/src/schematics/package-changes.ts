import type { Connection } from './database-files.js';
import { installed, type Manifest, type NestProject, type StoresKind } from './nest-project.js';
import { put, textOf, type Tree } from './schematic-host.js';

/** Adds the packages that the files import and the project does not have; says whether there were any. */
export function addPackages(
  tree: Tree,
  project: NestProject,
  stores: StoresKind,
  connection: Connection | null,
): boolean {
  const { manifest, nestRange } = project;
  const passport = nestRange.replace('^11.0.0', '^11.0.2');
  const wanted: Record<string, string> = { '@nestjs/passport': passport, passport: '^0.7.0' };
  if (stores === 'typeorm') Object.assign(wanted, { '@nestjs/typeorm': nestRange, typeorm: '^1.0.0' });
  if (connection?.driver === 'pg') wanted['pg'] = '^8.16.0';
  const added = [
    addTo(manifest, 'dependencies', wanted),
    addTo(manifest, 'devDependencies', stores === 'sql' ? { '@types/pg': '^8.15.0' } : {}),
  ].some(Boolean);
  if (added) writeJson(tree, 'package.json', manifest);
  return added;
}

function addTo(
  manifest: Manifest,
  key: 'dependencies' | 'devDependencies',
  wanted: Readonly<Record<string, string>>,
): boolean {
  const present = installed(manifest);
  const missing = Object.entries(wanted).filter(([name]) => !present[name]);
  if (missing.length === 0) return false;
  const all = Object.entries({ ...manifest[key], ...Object.fromEntries(missing) });
  manifest[key] = Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
  return true;
}

const E2E = 'test/jest-e2e.json';
/** How the Nest CLI 11 names the files that Jest compiles, those of JavaScript included. */
const TYPESCRIPT_AND_JAVASCRIPT = '^.+\\.(t|j)s$';

/** The line of docs/testing.md: Jest compiles the ES modules of this package. */
export const JEST_LINES = { transformIgnorePatterns: ['/node_modules/(?!(\\.pnpm|nestjs-aerie)/)'] };

/**
 * Lets Jest load this package in a CommonJS project of Nest 11. Gives the files whose configuration is another than the Nest
 * CLI generates: they stay as they are.
 */
export function configureJest(tree: Tree, project: NestProject): readonly string[] {
  if (project.esm) return [];
  const unit = project.manifest.jest;
  const e2e = configIn(textOf(tree, E2E));
  const left: string[] = [];
  if (unit && compilesOurs(unit, project)) writeJson(tree, 'package.json', project.manifest);
  else if (unit) left.push('package.json');
  if (e2e && compilesOurs(e2e, project)) writeJson(tree, E2E, e2e);
  else if (tree.exists(E2E)) left.push(E2E);
  return left;
}

/** Adds the line to a configuration in which it suffices; false for any other. Nest 12 cannot be compiled to CommonJS. */
function compilesOurs(config: Record<string, unknown>, { nestRange }: NestProject): boolean {
  const transforms = Object.keys((config['transform'] as object | undefined) ?? {});
  if (nestRange !== '^11.0.0' || !transforms.includes(TYPESCRIPT_AND_JAVASCRIPT)) return false;
  if ('transformIgnorePatterns' in config) return false;
  Object.assign(config, JEST_LINES);
  return true;
}

function configIn(text: string | null): Record<string, unknown> | null {
  try {
    return JSON.parse(text ?? 'null') as Record<string, unknown> | null;
  } catch {
    return null;
  }
}

/** Keeps the file's indentation, and lists of texts on one line where they are so. */
function writeJson(tree: Tree, path: string, value: object): void {
  const before = textOf(tree, path) ?? '';
  const indent = /^[ \t]+(?=")/m.exec(before)?.[0] ?? '  ';
  const after = JSON.stringify(value, null, indent);
  const list = /\[\s*("[^"\n]*"(?:,\s*"[^"\n]*")*)\s*\]/g;
  const compact = (_: string, items: string): string => `[${items.replace(/,\s*/g, ', ')}]`;
  put(tree, path, `${/: \["/.test(before) ? after.replace(list, compact) : after}\n`);
}
