import { afterAll, beforeAll } from '@jest/globals';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buildLibrary } from '../support/build-output.js';
import { run } from '../support/processes.js';

export interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** Where the tests of a file work. Set before the first of them. */
export interface PackedForTests {
  /** Empty but for the package; outside of this checkout, whose node_modules would be found from within. */
  readonly folder: string;
  /** The path of the packed package. */
  readonly tarball: string;
}

/** Packs the package once for the tests of a file, and removes everything after the last one. */
export function packedForTests(): PackedForTests {
  const packed = { folder: '', tarball: '' };
  beforeAll(async () => {
    packed.folder = await mkdtemp(join(tmpdir(), 'aerie-packed-'));
    packed.tarball = join(packed.folder, (await packLibrary(packed.folder)).filename);
  }, 240_000);
  afterAll(() => rm(packed.folder, { recursive: true, force: true }));
  return packed;
}

/** Builds the package as it is now and packs it into a folder. In a row of the matrix: the one that was packed for all. */
async function packLibrary(folder: string): Promise<Pick<Packed, 'filename'> & Partial<Packed>> {
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
