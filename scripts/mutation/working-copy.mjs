import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { transformSync } from '@swc/core';

const ROOT = join(import.meta.dirname, '../..');
const NEEDED = [
  'libs',
  'src',
  'test',
  'examples',
  'docs',
  'package.json',
  'jest.config.mjs',
  'tsconfig.json',
];
const LEFT_OUT = ['node_modules', 'dist'];
const SOURCES = 'libs/auth/src';
const SPEC_GLOBALS = join(import.meta.dirname, 'spec-globals.mjs');

/** The sources as they are now, in a folder of their own that is broken on purpose; packages are linked to. */
export class WorkingCopy {
  folder = mkdtempSync(join(tmpdir(), 'aerie-mutants-'));
  /** The library as JavaScript, for what runs it without Jest. */
  compiled = join(this.folder, 'libs/auth/compiled');

  constructor() {
    for (const entry of NEEDED) {
      cpSync(join(ROOT, entry), join(this.folder, entry), {
        recursive: true,
        filter: (source) => !LEFT_OUT.includes(basename(source)),
      });
    }
    for (const packages of ['node_modules', 'libs/auth/node_modules']) {
      if (existsSync(join(ROOT, packages))) symlinkSync(join(ROOT, packages), join(this.folder, packages));
    }
    for (const file of readdirSync(join(this.folder, SOURCES), { recursive: true })) {
      if (file.endsWith('.ts')) this.#compile(file, readFileSync(join(this.folder, SOURCES, file), 'utf8'));
    }
  }

  /** Breaks the copy, and gives what mends it. Throws when the text to break is not there exactly once. */
  breakBy({ file, find, put }) {
    const text = readFileSync(join(this.folder, SOURCES, file), 'utf8');
    const found = text.split(find).length - 1;
    if (found !== 1) throw new Error(`${file} holds this ${found} times, not once: ${find}`);
    this.#write(
      file,
      text.replace(find, () => put),
    );
    return () => this.#write(file, text);
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #write(file, text) {
    writeFileSync(join(this.folder, SOURCES, file), text);
    this.#compile(file, text);
  }

  #compile(file, text) {
    const { code } = transformSync(text, {
      filename: file,
      swcrc: false,
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
        target: 'es2022',
      },
      module: { type: 'es6' },
    });
    const output = join(this.compiled, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, code.replace(/(['"])@jest\/globals\1/, JSON.stringify(SPEC_GLOBALS)));
  }
}
