import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buildLibrary } from '../support/build-output.js';
import { run } from '../support/processes.js';

export interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** Builds the package as it is now and packs it into a folder. In a row of the matrix: the one that was packed for all. */
export async function packLibrary(folder: string): Promise<Pick<Packed, 'filename'> & Partial<Packed>> {
  const given = process.env['PACKED_LIBRARY'];
  if (given) {
    await copyFile(given, join(folder, basename(given)));
    return { filename: basename(given) };
  }
  return packNow(folder);
}

/** Builds the package as it is now and packs it into a folder. */
export async function packNow(folder: string): Promise<Packed> {
  const library = join(folder, 'library');
  await mkdir(library);
  await buildLibrary(library);
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [packed] = JSON.parse(await run('npm', args, { cwd: library })) as [Packed];
  return packed;
}
