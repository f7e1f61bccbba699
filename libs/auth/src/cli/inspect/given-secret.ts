import { readFile } from 'node:fs/promises';
import { MIN_SECRET_BYTES } from '../../options/resolve-auth-options.js';
import { CannotRun, firstLineOf } from '../cannot-run.js';

/** How a secret is given. */
export interface SecretSource {
  readonly secret?: string;
  readonly secretEnv?: string;
  readonly secretFile?: string;
}

/** The secret, or null: none is given. Throws CannotRun, which never shows it. */
export async function givenSecret({ secret, secretEnv, secretFile }: SecretSource): Promise<string | null> {
  const sources = [secret, secretEnv, secretFile].filter((source) => source !== undefined).length;
  if (sources === 0) return null;
  if (sources > 1) throw new CannotRun('give the secret once: --secret-env, --secret-file or --secret');
  const found = secret ?? (secretEnv === undefined ? await secretIn(secretFile!) : process.env[secretEnv]);
  if (found === undefined) throw new CannotRun(`the environment has no variable ${secretEnv}`);
  const bytes = Buffer.byteLength(found);
  if (bytes < MIN_SECRET_BYTES)
    throw new CannotRun(`the secret has ${bytes} bytes; the module takes ${MIN_SECRET_BYTES} or more`);
  return found;
}

async function secretIn(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CannotRun(`cannot read the secret: ${firstLineOf(error)}`);
  });
  return text.replace(/\r?\n$/, '');
}
