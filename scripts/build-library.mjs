/**
 * Writes the package's output: `node scripts/build-library.mjs [folder]`, by default into libs/auth. Editors show the
 * comments of declarations, so JavaScript goes without. Declarations that no entry leads to, and source maps (the package
 * holds no sources for them), stay out. The guides travel in `docs`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const LIBRARY = join(ROOT, 'libs/auth');
const target = resolve(process.argv[2] ?? LIBRARY);
const output = join(target, 'dist');

for (const folder of ['dist', 'docs']) rmSync(join(target, folder), { recursive: true, force: true });
compile('--emitDeclarationOnly');
removeUnreached();
compile('--declaration', 'false', '--removeComments', '--noCheck');
shareHelpers();
indentByTabs();
copyGuides();

function compile(...flags) {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '-p', join(LIBRARY, 'tsconfig.build.json'), '--outDir', output, ...flags];
  execFileSync(process.execPath, args, { stdio: 'inherit' });
}

/** Most files are internal: no declaration that a user can import names them. */
function removeUnreached() {
  const { exports } = JSON.parse(readFileSync(join(LIBRARY, 'package.json'), 'utf8'));
  const reached = new Set();
  const reach = (path) => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const { fileName } of ts.preProcessFile(readFileSync(path, 'utf8')).importedFiles)
      if (fileName.startsWith('.')) reach(join(dirname(path), fileName.replace(/\.js$/, '.d.ts')));
  };
  for (const { types } of Object.values(exports)) if (types) reach(join(target, types));
  for (const file of readdirSync(output, { recursive: true, encoding: 'utf8' })) {
    const path = join(output, file);
    if (file.endsWith('.d.ts') && !reached.has(path)) rmSync(path);
  }
}

/** tsc writes its helpers for decorators into each file that has one: a fortieth of the package. They get a file of their own. */
function shareHelpers() {
  const helpers = new Map();
  for (const file of readdirSync(output, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.js')) continue;
    const path = join(output, file);
    let text = readFileSync(path, 'utf8');
    const used = [...text.matchAll(/^var (__\w+) = \(this && this\.\1\) \|\| function [\s\S]*?^};\n/gm)];
    if (used.length === 0) continue;
    for (const [helper, name] of used) {
      helpers.set(name, helper.replace(/^var /, 'export var ').replace(/\(this && this\.\w+\) \|\| /, ''));
      text = text.replace(helper, '');
    }
    const folder = '../'.repeat(file.split(/[\\/]/).length - 1) || './';
    const names = used.map(([, name]) => name).join(', ');
    writeFileSync(path, `import { ${names} } from '${folder}decorator-helpers.js';\n${text}`);
  }
  writeFileSync(join(output, 'decorator-helpers.js'), [...helpers.values()].join(''));
}

/** tsc indents by four blanks: a tenth of the package. A tab takes their place; lines inside of templates stay as they are. */
function indentByTabs() {
  for (const file of readdirSync(output, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(js|d\.ts)$/.test(file)) continue;
    const path = join(output, file);
    const text = readFileSync(path, 'utf8');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext);
    const templates = templatesOf(source);
    const lines = text.replace(/^(?: {4})+/gm, (blanks, at) =>
      templates.some((token) => token.getStart(source) < at && at < token.end)
        ? blanks
        : '\t'.repeat(blanks.length / 4),
    );
    writeFileSync(path, lines);
  }
}

function templatesOf(node, found = []) {
  if (ts.isTemplateLiteralToken(node)) found.push(node);
  ts.forEachChild(node, (child) => void templatesOf(child, found));
  return found;
}

/** Links lead to other guides; what lies outside of `docs`, and every picture, is not in the package: the link becomes plain text. */
function copyGuides() {
  mkdirSync(join(target, 'docs'));
  for (const name of readdirSync(join(ROOT, 'docs')).filter((file) => file.endsWith('.md')))
    writeFileSync(join(target, 'docs', name), guide(readFileSync(join(ROOT, 'docs', name), 'utf8')));
}

function guide(text) {
  let inCode = false;
  const lines = text.split('\n').flatMap((line) => {
    if (/^\s*```/.test(line)) inCode = !inCode;
    if (inCode) return line;
    if (/^<!-- test: .* -->$/.test(line.trim()) || /^!\[[^\]]*\]\(pictures\/[^)]*\)$/.test(line)) return [];
    // Cells are padded to one width in the repository.
    return line.startsWith('|') ? line.replace(/ {2,}/g, ' ').replace(/-{4,}/g, '---') : line;
  });
  return plainLinks(lines.join('\n'));
}

function plainLinks(text) {
  return text.replace(/\[([^\]]+)\]\((?:\.\.|decisions)\/[^)]*\)/g, '$1');
}
