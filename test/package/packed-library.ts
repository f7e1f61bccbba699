import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildLibrary } from '../support/build-output.js';
import { run } from '../support/processes.js';

export interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** Builds the package as it is now and packs it into a folder. */
export async function packLibrary(folder: string): Promise<Packed> {
  const library = join(folder, 'library');
  await mkdir(library);
  await buildLibrary(library);
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [packed] = JSON.parse(await run('npm', args, { cwd: library })) as [Packed];
  return packed;
}
