import { driverOf } from './database-files.js';
import { installed, type NestProject, type StoresKind } from './nest-project.js';
import { put, textOf, type Tree } from './schematic-host.js';

/** Adds the packages that the files import and the project does not have; says whether there were any. */
export function addPackages(tree: Tree, project: NestProject, stores: StoresKind): boolean {
  const { manifest, nestRange } = project;
  const passport = nestRange.replace('^11.0.0', '^11.0.2');
  const wanted: Record<string, string> = { '@nestjs/passport': passport, passport: '^0.7.0' };
  if (stores === 'typeorm') Object.assign(wanted, { '@nestjs/typeorm': nestRange, typeorm: '^1.0.0' });
  if (stores !== 'memory' && driverOf(project) === null) wanted['pg'] = '^8.16.0';
  const present = installed(manifest);
  const missing = Object.entries(wanted).filter(([name]) => !present[name]);
  if (missing.length === 0) return false;
  const all = { ...manifest.dependencies, ...Object.fromEntries(missing) };
  manifest.dependencies = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeJson(tree, 'package.json', manifest);
  return true;
}

const E2E = 'test/jest-e2e.json';
/** What `nest new` writes; a transform of the team's own is left to the team. */
const GENERATED_TRANSFORM = { '^.+\\.(t|j)s$': 'ts-jest' };

/**
 * Jest cannot load ES modules by `require` on every version of Node.js: this lets it compile those of this package. Gives the
 * files that have another configuration than the Nest CLI writes, and that stay as they are.
 */
export function configureJest(tree: Tree, project: NestProject): readonly string[] {
  if (project.esm) return [];
  const unit = project.manifest.jest;
  const e2e = configIn(textOf(tree, E2E));
  const left: string[] = [];
  if (unit && compilesOurs(unit)) writeJson(tree, 'package.json', project.manifest);
  else if (unit) left.push('package.json');
  if (e2e && compilesOurs(e2e)) writeJson(tree, E2E, e2e);
  else if (tree.exists(E2E)) left.push(E2E);
  return left;
}

/** Adds the lines to what the Nest CLI generates; false for any other configuration. */
function compilesOurs(config: Record<string, unknown>): boolean {
  const generated = JSON.stringify(config['transform']) === JSON.stringify(GENERATED_TRANSFORM);
  if (!generated || 'transformIgnorePatterns' in config) return false;
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

/** The line of docs/testing.md: `node_modules` is not compiled, apart from this package, jose, and the folder of pnpm. */
export const JEST_LINES = { transformIgnorePatterns: ['/node_modules/(?!(\\.pnpm|nestjs-aerie|jose)/)'] };

/** Keeps the file's indentation, and lists of short texts on one line if they are so now. */
function writeJson(tree: Tree, path: string, value: object): void {
  const before = textOf(tree, path) ?? '';
  const indent = /^[ \t]+(?=")/m.exec(before)?.[0] ?? '  ';
  const after = JSON.stringify(value, null, indent);
  const compact = after.replace(/\[\s*("[^"\n]*"(?:,\s*"[^"\n]*")*)\s*\]/g, (list, items: string) => {
    const one = `[${items.replace(/,\s*/g, ', ')}]`;
    return before.includes(one) ? one : list;
  });
  put(tree, path, `${compact}\n`);
}
