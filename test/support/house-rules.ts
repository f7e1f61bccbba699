import ts from 'typescript';
import { importCycles, type SourceImport, type SourceText, visit } from './source-imports.js';
import { WIRING_RULES } from './wiring-rules.js';

/** The library's sources, by path from `libs/auth/src`. */
export type House = ReadonlyMap<string, SourceText>;
/** Gives one line for each place that breaks the rule. */
export type HouseRule = (house: House) => string[];

const GROUND = ['errors', 'time', 'crypto', 'principal', 'validation', 'http-client'];

/**
 * What the files of a room may import, beside their own room and the ground floor. An arrow holds for what it leads to
 * as well: `sign-in` may import `keys`, through `stores`.
 */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(GROUND.map((room) => [room, []])),
  wiring: [],
  subjects: [],
  audit: ['subjects'],
  attempts: ['audit'],
  keys: ['audit'],
  revocation: ['audit'],
  'shared-cache': ['audit'],
  'access-tokens': ['keys', 'revocation', 'shared-cache'],
  'revocation-check': ['keys', 'revocation', 'shared-cache'],
  sessions: ['access-tokens', 'revocation-check'],
  'signed-urls': [],
  'refresh-tokens': ['access-tokens', 'revocation-check'],
  'service-tokens': ['access-tokens', 'revocation-check'],
  stores: ['sessions', 'refresh-tokens', 'service-tokens', 'attempts', 'sql/database'],
  options: ['stores'],
  users: ['access-tokens', 'revocation', 'options'],
  lifecycle: ['stores', 'options'],
  'sign-in': ['users', 'lifecycle', 'options'],
  context: ['sign-in'],
  live: ['context'],
  passport: ['context'],
  decorators: ['context'],
  guards: ['decorators', 'signed-urls'],
  http: ['guards'],
  module: ['features', 'http', 'passport', 'live', 'wiring'],
  'sql/database': [],
  sql: ['features', 'stores', 'sql/database', 'wiring'],
  typeorm: ['features', 'sql', 'wiring'],
  features: ['stores', 'wiring'],
  'features/*': ['http', 'features'],
  testing: ['module'],
  'resource-server': ['http', 'live', 'wiring'],
  terminus: ['audit'],
  opentelemetry: ['audit'],
  openapi: ['features', 'http'],
  cli: ['guards', 'testing', 'sql'],
  schematics: [],
  client: [],
};

/** The rooms that a room leads to. */
const reach = (room: string, seen = new Set<string>()): Set<string> => {
  for (const next of ARROWS[room] ?? []) {
    if (seen.has(next)) continue;
    seen.add(next);
    reach(next, seen);
  }
  return seen;
};
const REACHED = new Map(Object.keys(ARROWS).map((room) => [room, reach(room)]));

/** Entries of their own: no room leads to them, so that an application loads them only when it imports them. */
const ENTRIES = [
  'testing',
  'resource-server',
  'features/*',
  'typeorm',
  'sql',
  'terminus',
  'opentelemetry',
  'openapi',
  'cli',
  'schematics',
  'client',
];

/** Packages that a few rooms alone may import. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  typeorm: ['typeorm'],
  '@nestjs/typeorm': ['typeorm'],
  passport: ['passport', 'guards'],
  'passport-jwt': ['passport', 'guards'],
  'passport-local': ['passport', 'guards'],
  'passport-strategy': ['passport', 'guards'],
  '@nestjs/passport': ['passport', 'guards'],
  rxjs: ['audit', 'http', 'context', 'live'],
  'rate-limiter-flexible': ['attempts'],
  '@nestjs/terminus': ['terminus'],
  '@nestjs/swagger': ['openapi'],
  '@opentelemetry/api': ['opentelemetry'],
  commander: ['cli'],
};

const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const isIndex = (path: string): boolean => nameOf(path) === 'index.ts';
const isOptions = (path: string): boolean => path.endsWith('-options.ts');
const isAuditPort = (path: string): boolean =>
  /^audit\/(security-event(-store)?|auth-counters|process-status)\.ts$/.test(path);

/** The feature that a file belongs to; null for the seam (the files of `features/` itself) and the rooms. */
const featureOf = (path: string): string | null => /^features\/([^/]+)\//.exec(path)?.[1] ?? null;

/** `sql/database` has a place of its own: the stores' set names its types. */
const roomOf = (path: string): string => {
  if (path.startsWith('sql/database/')) return 'sql/database';
  return featureOf(path) === null ? (path.split('/', 1)[0] ?? '') : 'features/*';
};
/** Whether one file may import another of this library. */
function mayImport(from: string, to: string): boolean {
  if (isIndex(from)) return true;
  const [here, there] = [roomOf(from), roomOf(to)];
  if (featureOf(to) !== null) return featureOf(from) === featureOf(to);
  // A feature brings the contract of its store along.
  if (featureOf(from) !== null && from.endsWith('.contract.ts') && there === 'testing') return true;
  if (from === 'auth.module.ts') return !ENTRIES.includes(there);
  // A test is given a whole AuthModule, on stores in memory.
  if (to === 'auth.module.ts') return here === 'testing';
  if (here === there || GROUND.includes(there)) return true;
  // The options compose the options that each room declares; one of them hears the events of the audit's port.
  if (here === 'options') return isOptions(to) || to === 'audit/security-event.ts';
  return REACHED.get(here)?.has(there) ?? false;
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
/** A resource server and the browser client ask over HTTP; a feature has routes, and `openapi` describes them. */
const knowsHttp = (path: string): boolean =>
  ['client', 'context', 'http', 'openapi', 'resource-server'].includes(roomOf(path)) ||
  /^features\/[^/]+\/http\//.test(path);
const HTTP_NAMES = /^(Express|Fastify)[A-Z]|^HttpStatus$|^(?!(Ws|Rpc)Exception$)[A-Z]\w*Exception$/;

export const HOUSE_RULES: Readonly<Record<string, HouseRule>> = {
  'every folder has its place in the house': (house) =>
    [...new Set([...house.keys()].map((path) => path.split('/')[0]!))].filter(
      (room) => !(room in ARROWS) && room !== 'index.ts' && room !== 'auth.module.ts',
    ),

  'every import leads to a file': (house) =>
    eachImport(house, (_, { target }) => target !== null && !house.has(target)),

  'no file imports an index.ts': (house) => eachImport(house, (_, { target }) => !!target && isIndex(target)),

  'imports run downward only': (house) =>
    eachImport(house, (file, { target }) => !!target && !isIndex(target) && !mayImport(file.path, target)),

  'the browser client imports nothing else': (house) =>
    eachImport(
      house,
      ({ path }, { target }) => roomOf(path) === 'client' && (target === null || roomOf(target) !== 'client'),
    ),

  'no file leads back to itself': (house) =>
    importCycles(house, () => true).map((cycle) => cycle.join(' and ')),

  'no file leads back to itself at run time': (house) =>
    importCycles(house, ({ erased }) => !erased).map((cycle) => cycle.join(' and ')),

  'the options of a room need the ground floor alone': (house) =>
    eachImport(
      house,
      ({ path }, { target }) =>
        isOptions(path) && roomOf(path) !== 'module' && !!target && !GROUND.includes(roomOf(target)),
    ).filter((line) => !line.startsWith('options/')),

  'the audit is known by its port': (house) =>
    eachImport(
      house,
      ({ path }, { target }) =>
        !!target &&
        roomOf(target) === 'audit' &&
        !['audit', 'module', 'lifecycle'].includes(roomOf(path)) &&
        !isIndex(path) &&
        !isAuditPort(target) &&
        !(roomOf(path) === 'options' && isOptions(target)),
    ),

  'a package is known to the rooms that need it alone': (house) =>
    eachImport(house, ({ path }, found) => {
      const rooms = Object.entries(PACKAGES).find(([name]) => isPackage(found, name))?.[1];
      return rooms !== undefined && !rooms.includes(roomOf(path));
    }),

  'no folder has over 16 files of its own': (house) => {
    const sizes = new Map<string, number>();
    for (const path of house.keys()) sizes.set(folderOf(path), (sizes.get(folderOf(path)) ?? 0) + 1);
    return [...sizes].filter(([, size]) => size > 16).map(([folder, size]) => `${folder} has ${size}`);
  },

  'the ground floor knows no framework': (house) =>
    eachImport(house, ({ path }, found) => {
      if (!GROUND.includes(roomOf(path)) || found.target || found.specifier.startsWith('node:')) return false;
      return found.specifier !== '@nestjs/common' || found.names.some((name) => name !== 'Injectable');
    }),

  'HTTP is known to context, http, features and the resource server alone': (house) => [
    ...eachImport(
      house,
      ({ path }, found) =>
        !knowsHttp(path) &&
        ['express', 'fastify', '@nestjs/platform-express', '@nestjs/platform-fastify', 'node:http'].some(
          (name) => isPackage(found, name),
        ),
    ),
    ...eachNode(
      house,
      ({ path }, node) =>
        !knowsHttp(path) &&
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

  ...WIRING_RULES,

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
