/**
 * Writes the demo's page: `node scripts/build-page.mjs [folder]`, by default into dist/page/browser. TypeScript of
 * `src/page/browser` becomes a JavaScript module each, beside the page's other files; the browser client of the package
 * goes into `client/`. Types are not checked here: `npm run typecheck` does that.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const SOURCES = join(ROOT, 'src/page/browser');
const CLIENT = join(ROOT, 'libs/auth/src/client');
const OPTIONS = {
  module: ts.ModuleKind.ES2022,
  target: ts.ScriptTarget.ES2022,
  verbatimModuleSyntax: true,
};

/** Builds the page into a folder, which it empties first. */
export function buildPage(folder) {
  rmSync(folder, { recursive: true, force: true });
  emit(SOURCES, folder);
  if (existsSync(CLIENT)) emit(CLIENT, join(folder, 'client'));
}

function emit(sources, folder) {
  for (const file of readdirSync(sources, { recursive: true, withFileTypes: true })) {
    if (!file.isFile() || /\.spec\.ts$|\.md$|^tsconfig/.test(file.name)) continue;
    const path = join(file.parentPath, file.name);
    const inside = relative(sources, path);
    const text = readFileSync(path, 'utf8');
    const target = join(folder, inside.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, file.name.endsWith('.ts') ? moduleOf(text, inside) : text);
  }
}

/** A browser finds modules by their address: the package's name becomes the address of its client. */
function moduleOf(text, file) {
  const { outputText } = ts.transpileModule(text, { compilerOptions: OPTIONS, fileName: file });
  const toRoot = '../'.repeat(file.split(/[\\/]/).length - 1) || './';
  return outputText.replace(/(from ['"])nestjs-aerie\/client(['"])/g, `$1${toRoot}client/index.js$2`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(resolve(process.argv[1])).href)
  buildPage(resolve(process.argv[2] ?? join(ROOT, 'dist/page/browser')));
