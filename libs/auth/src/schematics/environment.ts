import { randomBytes } from 'node:crypto';
import type { Connection } from './database-files.js';
import { put, textOf, type Tree } from './schematic-host.js';

interface Variable {
  readonly name: string;
  readonly comment: string;
  readonly value: string;
}

const VARIABLES: readonly Variable[] = [
  {
    name: 'AUTH_SECRET',
    comment: 'At least 32 random bytes, another secret for each environment: openssl rand -base64 48',
    value: '',
  },
  { name: 'AUTH_ISSUER', comment: 'The address of this application.', value: 'http://localhost:3000' },
];
const DEVELOPMENT_USER: Variable = {
  name: 'DEV_USER_PASSWORD',
  comment: 'The password of dev@example.com, a user for development. Without it there is no such user.',
  value: '',
};
/**
 * Adds to `.env` (with a secret of this project's own) and `.env.example` what they lack, and sees to it that git ignores
 * the former. A variable that is there stays as it is.
 */
export function writeEnvironment(tree: Tree, connection: Connection | null): void {
  const variables = [...VARIABLES, ...(connection ? databaseVariables(connection) : []), DEVELOPMENT_USER];
  const secrets: Readonly<Record<string, string>> = {
    AUTH_SECRET: randomBytes(48).toString('base64url'),
    DEV_USER_PASSWORD: randomBytes(15).toString('base64url'),
  };
  append(
    tree,
    '.env',
    variables.map((one) => ({ ...one, value: secrets[one.name] ?? one.value })),
  );
  append(tree, '.env.example', variables);
  ignore(tree);
}

function databaseVariables({ url, synchronizes }: Connection): Variable[] {
  const address = { name: 'DATABASE_URL', comment: 'Where users and sign-ins are kept.' };
  const tables = {
    name: 'DATABASE_SYNCHRONIZE',
    comment: 'Makes the tables. Never in production.',
    value: 'true',
  };
  return [...(url === null ? [] : [{ ...address, value: url }]), ...(synchronizes ? [tables] : [])];
}

function append(tree: Tree, path: string, variables: readonly Variable[]): void {
  const before = textOf(tree, path) ?? '';
  const missing = variables.filter(
    ({ name }) => !new RegExp(`^\\s*(export\\s+)?${name}\\s*=`, 'm').test(before),
  );
  if (missing.length === 0) return;
  const lines = missing.map(({ name, comment, value }) => `# ${comment}\n${name}=${value}\n`).join('');
  put(tree, path, endedByNewline(before) + lines);
}

/** The last matching line of `.gitignore` decides, so a line at its end always does. */
function ignore(tree: Tree): void {
  const before = textOf(tree, '.gitignore') ?? '';
  const naming = before
    .split(/\r?\n/)
    .filter((line) => /^!?(\*\*)?\/?(\.env|\.env\*|\*\.env)$/.test(line.trim()));
  if (naming.length > 0 && !naming.at(-1)!.trim().startsWith('!')) return;
  put(tree, '.gitignore', `${endedByNewline(before)}.env\n`);
}

const endedByNewline = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
