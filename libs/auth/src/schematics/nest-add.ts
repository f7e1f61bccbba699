import { createRequire } from 'node:module';
import { spawnSync } from 'node:child_process';
import { join, posix } from 'node:path';
import { applicationFiles, MODULE_CLASS, MODULE_FILE } from './application-files.js';
import { connectionOf } from './database-files.js';
import { writeEnvironment } from './environment.js';
import { fittingStores, type NestProject, readProject, type StoresKind } from './nest-project.js';
import { addPackages, configureJest } from './package-changes.js';
import { type TypeScript, withImport } from './root-module.js';
import { type SchematicContext, textOf, type Tree } from './schematic-host.js';

const STORES: readonly StoresKind[] = ['typeorm', 'sql', 'memory'];
/** What the Nest CLI passes beside the options of this schematic. */
const OF_THE_CLI = ['sourceRoot', 'project', 'skipInstall', 'dryRun'];

/** The options of `nest add nestjs-aerie`. */
export interface NestAddOptions {
  /** Where users and sign-ins are kept. Default: what fits package.json. */
  readonly stores?: StoresKind;
  /** The folder for the files, in the folder of the sources. Default `auth`. */
  readonly folder?: string;
  readonly sourceRoot?: string;
  readonly skipInstall?: boolean | string;
}

/**
 * The schematic that `nest add nestjs-aerie` runs. It writes all of it or nothing: an error before the end leaves every file
 * as it was.
 */
export default function nestAdd(options: NestAddOptions) {
  return (tree: Tree, context: SchematicContext): Tree => {
    checkOptions(options);
    const project = readProject(tree, options.sourceRoot);
    const folder = options.folder ?? 'auth';
    const path = (name: string): string => posix.join(project.sources, folder, name);
    const module = path(`${MODULE_FILE}.ts`);
    if (textOf(tree, module)?.includes(MODULE_CLASS)) {
      context.logger.info(`${module} is there already. Nothing was changed.`);
      return tree;
    }
    const stores = options.stores ?? fittingStores(project.manifest);
    const connection = connectionOf(project, stores);
    const files = applicationFiles(project, stores, connection);
    refuseExisting(tree, [...files.keys()].map(path));
    refuseTrackedSecrets();
    registerModule(tree, project, folder);
    for (const [name, text] of files) tree.create(path(name), text);
    writeEnvironment(tree, connection);
    const added = addPackages(tree, project, stores, connection);
    const unknown = configureJest(tree, project);
    if (added && !options.skipInstall) context.addTask(INSTALL);
    for (const line of report(stores, options.stores !== undefined, connection?.url, unknown))
      context.logger.info(line);
    return tree;
  };
}

const INSTALL = {
  toConfiguration: () => ({
    name: 'node-package',
    options: { command: 'install', quiet: true, hideOutput: true },
  }),
};

function checkOptions(options: NestAddOptions): void {
  const known = ['stores', 'folder', ...OF_THE_CLI];
  const wrong = Object.keys(options).find((name) => !known.includes(name));
  if (wrong !== undefined)
    throw new Error(`There is no option "${wrong}". There are --stores, --folder and --dry-run.`);
  const { stores, folder = 'auth' } = options;
  if (stores !== undefined && !STORES.includes(stores))
    throw new Error(`--stores must be one of ${STORES.join(', ')} (got ${String(stores)}).`);
  if (!/^[\w-]+(\/[\w-]+)*$/.test(folder))
    throw new Error(`--folder must be a path such as "auth" (got ${folder}).`);
}

function refuseExisting(tree: Tree, paths: readonly string[]): void {
  const existing = paths.filter((path) => tree.exists(path));
  if (existing.length === 0) return;
  throw new Error(
    `Nothing was written: ${existing.join(', ')} would be overwritten. Give another folder: ` +
      'nest add nestjs-aerie --skip-install --folder=sign-in',
  );
}

/** A `.env` that is under version control would take the secret along. */
function refuseTrackedSecrets(): void {
  if (spawnSync('git', ['ls-files', '--error-unmatch', '.env'], { stdio: 'ignore' }).status === 0)
    throw new Error(
      'Nothing was written: git tracks .env, and a secret would go there. Run "git rm --cached .env" first, and commit that.',
    );
}

function registerModule(tree: Tree, { rootModule, sources, esm }: NestProject, folder: string): void {
  const { path, name } = rootModule;
  const file = posix.relative(posix.dirname(path), posix.join(sources, folder, MODULE_FILE));
  const added = { name: MODULE_CLASS, from: `${file.startsWith('.') ? '' : './'}${file}${esm ? '.js' : ''}` };
  const text = textOf(tree, path);
  if (text?.includes(`from '${added.from}'`) || text?.includes(`from "${added.from}"`)) return;
  const typescript = typeScriptOf(process.cwd());
  const changed = text !== null && typescript ? withImport(text, name, added, typescript) : null;
  if (changed === null)
    throw new Error(
      `Nothing was written: ${path} has no class ${name} whose @Module({ imports: [...] }) could take one module more. ` +
        `Add this to your root module, then run the command again with --skip-install:\n` +
        `  import { ${added.name} } from '${added.from}';\n  imports: [${added.name}]`,
    );
  tree.overwrite(path, changed);
}

function typeScriptOf(folder: string): TypeScript | null {
  try {
    const found = createRequire(join(folder, 'package.json'))('typescript') as Partial<TypeScript>;
    return found.createSourceFile && found.SyntaxKind ? (found as TypeScript) : null;
  } catch {
    return null;
  }
}

function report(
  stores: StoresKind,
  chosen: boolean,
  url: string | null | undefined,
  unknown: readonly string[],
): string[] {
  const why = chosen ? '' : ' (by your package.json; --stores chooses)';
  return [
    `Users and sign-ins: ${stores}${why}.`,
    ...(url ? [`The database is DATABASE_URL in .env (${url}): start it, or write yours there.`] : []),
    ...unknown.map(
      (path) => `Jest in ${path} has a configuration of its own: see docs/testing.md for the lines it needs.`,
    ),
    'The password of dev@example.com is in .env. Start the application, then try:',
    '  . ./.env',
    '  curl -i localhost:3000/profile',
    `  curl -c jar localhost:3000/auth/login -H 'content-type: application/json' -d "{\\"identifier\\":\\"dev@example.com\\",\\"password\\":\\"$DEV_USER_PASSWORD\\"}"`,
    '  curl -b jar localhost:3000/profile',
  ];
}
