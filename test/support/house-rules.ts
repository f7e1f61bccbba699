import ts from 'typescript';
import { importCycles, type SourceImport, type SourceText, visit } from './source-imports.js';

/** The library's sources, by path from `libs/auth/src`. */
export type House = ReadonlyMap<string, SourceText>;
/** Gives one line for each place that breaks the rule. */
export type HouseRule = (house: House) => string[];

const GROUND = ['errors', 'time', 'crypto', 'principal', 'remote', 'validation'];
const ROOMS = [
  'keys',
  'access-tokens',
  'refresh-tokens',
  'subjects',
  'sessions',
  'revocation',
  'credentials',
  'audit',
  'database',
  'service-tokens',
];
const BELOW_THE_EDGE = [...GROUND, ...ROOMS, 'options', 'sign-in'];

/** What the files of a folder may import, beside their own folder and the ground floor. Every folder is here. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(GROUND.map((folder) => [folder, []])),
  options: [],
  database: [],
  audit: ['subjects'],
  keys: ['audit'],
  credentials: ['audit'],
  'access-tokens': ['keys', 'audit'],
  subjects: [],
  revocation: ['audit'],
  'refresh-tokens': ['revocation', 'subjects', 'audit'],
  sessions: ['revocation', 'subjects', 'audit'],
  'service-tokens': ['access-tokens', 'keys', 'revocation', 'audit'],
  'sign-in': [...ROOMS, 'options'],
  context: BELOW_THE_EDGE,
  decorators: [...BELOW_THE_EDGE, 'context'],
  guards: [...BELOW_THE_EDGE, 'context', 'decorators'],
  http: [...BELOW_THE_EDGE, 'context', 'decorators', 'guards'],
  passport: [...BELOW_THE_EDGE, 'context', 'decorators', 'guards'],
  testing: [...ROOMS, 'sign-in'],
  'resource-server': [...ROOMS, 'context', 'decorators', 'guards', 'http'],
  terminus: ['audit'],
  opentelemetry: ['audit'],
  migrations: [],
};

/** Entries of their own: nothing else leads to them, so that nobody needs their packages who did not ask for them. */
const ANNEXES: Readonly<Record<string, readonly string[]>> = {
  testing: [],
  'resource-server': [],
  terminus: ['@nestjs/terminus'],
  opentelemetry: ['@opentelemetry/api'],
};

const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '');
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const isIndex = (path: string): boolean => nameOf(path) === 'index.ts';
const isComposition = (path: string): boolean => folderOf(path) === '' && !isIndex(path);
const isOptions = (path: string): boolean => path.endsWith('-options.ts');
const isEntity = (path: string): boolean => path.endsWith('.entity.ts');
/** Files that speak to the database: adapters, the statements they share, and what they map. */
const isAdapter = (path: string): boolean =>
  nameOf(path).startsWith('typeorm-') || path.endsWith('-statements.ts');
const isPort = (path: string): boolean =>
  /^audit\/(security-event(-sink)?|auth-counters|process-status)\.ts$/.test(path) ||
  path.endsWith('-store.ts');

/** Whether one file may import another of this library. */
function mayImport(from: string, to: string): boolean {
  if (isIndex(to)) return false;
  if (isComposition(from) || from === 'index.ts') return !(folderOf(to) in ANNEXES);
  const [here, there] = [folderOf(from), folderOf(to)];
  if (isComposition(to) || there in ANNEXES) return here === there;
  if (here === 'migrations') return isEntity(to) || there === 'errors' || here === there;
  if (here === there || GROUND.includes(there)) return true;
  // The options compose the options that each room declares; one of them hears the events of the audit's port.
  if (here === 'options') return isOptions(to) || to === 'audit/security-event.ts';
  // The database is a room for those who write statements; others know the ports that hide it.
  if (there === 'database' && ROOMS.includes(here)) return isAdapter(from) || isEntity(from);
  return ARROWS[here]?.includes(there) ?? false;
}

const eachImport = (
  house: House,
  broken: (file: SourceText, found: SourceImport) => boolean | undefined,
): string[] =>
  [...house.values()].flatMap((file) =>
    file.imports
      .filter((found) => broken(file, found))
      .map((found) => `${file.path} imports ${found.target ?? found.specifier}`),
  );

const eachNode = (house: House, broken: (file: SourceText, node: ts.Node) => boolean): string[] => {
  const found: string[] = [];
  for (const file of house.values()) {
    visit(file.syntax, (node) => {
      if (!broken(file, node)) return;
      const line = file.syntax.getLineAndCharacterOfPosition(node.getStart(file.syntax)).line + 1;
      found.push(`${file.path}:${line} has ${node.getText(file.syntax).split('\n')[0]}`);
    });
  }
  return found;
};

const isPackage = (found: SourceImport, name: string): boolean =>
  found.specifier === name || found.specifier.startsWith(`${name}/`);
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

// 200 and 500 are left out: they are honest sizes too.
const STATUSES = new Set(
  '201 202 204 301 302 303 304 307 308 400 401 403 404 405 406 409 410 412 413 415 422 428 429 501 502 503 504'.split(
    ' ',
  ),
);
/** A resource server asks an issuer over HTTP. */
const KNOWS_HTTP = ['context', 'http', 'resource-server'];
const HTTP_NAMES = /^(Express|Fastify)[A-Z]|^HttpStatus$|^(?!(Ws|Rpc)Exception$)[A-Z]\w*Exception$/;

export const HOUSE_RULES: Readonly<Record<string, HouseRule>> = {
  'every folder has its place in the house': (house) =>
    [...new Set([...house.keys()].map(folderOf))].filter((folder) => folder !== '' && !(folder in ARROWS)),

  'every import leads to a file': (house) =>
    eachImport(house, (_, { target }) => target !== null && !house.has(target)),

  'nobody imports an index.ts': (house) => eachImport(house, (_, { target }) => !!target && isIndex(target)),

  'imports run downward only': (house) =>
    eachImport(house, (file, { target }) => !!target && !isIndex(target) && !mayImport(file.path, target)),

  'no file leads back to itself': (house) =>
    importCycles(house, () => true).map((cycle) => cycle.join(' and ')),

  'no file leads back to itself at run time': (house) =>
    importCycles(house, ({ erased }) => !erased).map((cycle) => cycle.join(' and ')),

  'adapters and entities are known to adapters, migrations and the composition alone': (house) =>
    eachImport(house, ({ path }, { target }) => {
      if (!target || isComposition(path) || path === 'index.ts' || isAdapter(path)) return false;
      if (isEntity(target)) return !isEntity(path) && folderOf(path) !== 'migrations';
      return isAdapter(target);
    }),

  'the options of a room need the ground floor alone': (house) =>
    eachImport(
      house,
      ({ path }, { target }) => isOptions(path) && !!target && !GROUND.includes(folderOf(target)),
    ).filter((line) => !line.startsWith('options/')),

  'the audit is known by its port': (house) =>
    eachImport(
      house,
      ({ path }, { target }) =>
        !!target &&
        folderOf(target) === 'audit' &&
        folderOf(path) !== 'audit' &&
        !isPort(target) &&
        !(folderOf(path) === 'options' && isOptions(target)) &&
        !(folderOf(path) === 'migrations' && isEntity(target)),
    ).filter((line) => {
      const from = line.split(' ')[0]!;
      return from !== 'index.ts' && !isComposition(from);
    }),

  'typeorm is known to entities, adapters, migrations and the composition alone': (house) =>
    eachImport(
      house,
      ({ path }, found) =>
        (isPackage(found, 'typeorm') || isPackage(found, '@nestjs/typeorm')) &&
        !(
          isEntity(path) ||
          nameOf(path).startsWith('typeorm-') ||
          isComposition(path) ||
          folderOf(path) === 'migrations'
        ),
    ),

  'jose is known to keys and access tokens alone': (house) =>
    eachImport(
      house,
      ({ path }, found) => isPackage(found, 'jose') && !['keys', 'access-tokens'].includes(folderOf(path)),
    ),

  'the packages of an annex are known to it alone': (house) =>
    eachImport(house, ({ path }, found) =>
      Object.entries(ANNEXES).some(
        ([annex, packages]) => annex !== folderOf(path) && packages.some((name) => isPackage(found, name)),
      ),
    ),

  'the ground floor knows no framework': (house) =>
    eachImport(house, ({ path }, found) => {
      if (!GROUND.includes(folderOf(path)) || found.target || found.specifier.startsWith('node:'))
        return false;
      return found.specifier !== '@nestjs/common' || found.names.some((name) => name !== 'Injectable');
    }),

  'HTTP is known to context, http and the resource server alone': (house) => [
    ...eachImport(
      house,
      ({ path }, found) =>
        !KNOWS_HTTP.includes(folderOf(path)) &&
        ['express', 'fastify', '@nestjs/platform-express', '@nestjs/platform-fastify', 'node:http'].some(
          (name) => isPackage(found, name),
        ),
    ),
    ...eachNode(
      house,
      ({ path }, node) =>
        !KNOWS_HTTP.includes(folderOf(path)) &&
        ((ts.isNumericLiteral(node) && STATUSES.has(node.text)) ||
          (ts.isIdentifier(node) && HTTP_NAMES.test(node.text))),
    ),
  ],

  'every file has under 250 lines': (house) =>
    [...house.values()]
      .filter(({ text }) => text.trimEnd().split('\n').length >= 250)
      .map(({ path }) => path),

  'nothing is named for what it is made of': (house) =>
    [...house.keys()].filter(
      (path) =>
        path
          .split('/')
          .some((part) =>
            ['utils', 'helpers', 'common', 'interfaces', 'types', 'constants'].includes(part),
          ) || /(^|[/.-])(utils?|helpers?|interfaces?|types|constants)\.ts$/.test(path),
    ),

  'no file exports everything of another': (house) =>
    eachNode(house, (_, node) => ts.isExportDeclaration(node) && !node.exportClause),
};

/** Packages that are imported and not declared: they are there by luck of another's dependency. */
export function undeclaredPackages(house: House, declared: ReadonlySet<string>): string[] {
  return eachImport(
    house,
    (_, { target, specifier }) =>
      target === null && !specifier.startsWith('node:') && !declared.has(packageOf(specifier)),
  );
}
