import { createPublicKey } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { KeyState, ManagedAlgorithm } from '../keys/key-options.js';
import { generateSigningKey } from '../keys/signing-key.js';
import { CannotRun, firstLineOf } from './cannot-run.js';
import type { Terminal } from './terminal.js';

export interface GenerateKeyOptions {
  readonly alg: ManagedAlgorithm;
  readonly state: Exclude<KeyState, 'retired'>;
  readonly out?: string;
}

/** Prints a new signing key as the option `keys` takes it, or writes it to a file that its owner alone reads. */
export async function generateKey(
  { alg, state, out }: GenerateKeyOptions,
  terminal: Terminal,
): Promise<void> {
  const { kid, privateKey } = await generateSigningKey(alg);
  const key = {
    kid,
    alg,
    state,
    privateKey: privateKey.export({ format: 'jwk' }),
    publicKey: createPublicKey(privateKey).export({ format: 'jwk' }),
  };
  const text = JSON.stringify(key, null, 2);
  if (out === undefined) return terminal.print(text);
  await writeFile(out, `${text}\n`, { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
    throw new CannotRun(`cannot write the key: ${firstLineOf(error)}`);
  });
  terminal.say(`wrote ${out}: it holds a private key, so keep it out of the repository`);
}
