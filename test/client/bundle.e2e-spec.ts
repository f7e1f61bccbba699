// What the browser client weighs and needs: as bundlers take it, and as a compiler without Node.js sees it.
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../..');
const ENTRY = join(ROOT, 'libs/auth/src/client/index.ts');
const LIMIT = 4_000;

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

describe('the browser client', () => {
  it(`has under ${LIMIT} bytes, minified and compressed, and imports nothing`, async () => {
    const text = await bundled();
    const bytes = gzipSync(text, { level: 9 }).length;
    expect(bytes).toBeLessThan(LIMIT);
    expect(text).not.toMatch(/\bimport\b/);
    // The guide quotes the size.
    const guide = readFileSync(join(ROOT, 'docs/browser-client.md'), 'utf8');
    const quoted = Number(/([\d.]+) kB/.exec(guide)![1]);
    expect(Math.abs(bytes / 1000 - quoted)).toBeLessThan(0.1);
  });

  it('compiles with the types of a browser alone', () => {
    const options: ts.CompilerOptions = {
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      types: [],
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      verbatimModuleSyntax: true,
      noEmit: true,
    };
    const found = (lib: readonly string[]) =>
      ts
        .getPreEmitDiagnostics(ts.createProgram([ENTRY], { ...options, lib: [...lib] }))
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
    expect(found(options.lib!)).toEqual([]);
    expect(found(['lib.es2022.d.ts']).join()).toContain("Cannot find name 'fetch'");
  }, 60_000);
});
