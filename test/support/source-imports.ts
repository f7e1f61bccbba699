import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

export interface SourceImport {
  /** As it is written. */
  readonly specifier: string;
  /** The file it leads to, for relative ones: a path like that of SourceText. */
  readonly target: string | null;
  /** Gone after compilation (`import type`): it cannot be part of a cycle at run time. */
  readonly erased: boolean;
  /** What is imported by name. */
  readonly names: readonly string[];
}

export interface SourceText {
  /** From the root that was read, with slashes: `keys/key-ring.ts`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly SourceImport[];
  readonly syntax: ts.SourceFile;
}

/** Every TypeScript file under a folder, by path. Tests beside the source are left out. */
export function readSources(root: string): Map<string, SourceText> {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
    .sort();
  return new Map(paths.map((path) => [path, parseSource(path, readFileSync(join(root, path), 'utf8'))]));
}

export function parseSource(path: string, text: string): SourceText {
  const syntax = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const imports: SourceImport[] = [];
  const add = (literal: ts.Node | undefined, erased: boolean, names: readonly string[]): void => {
    if (!literal || !ts.isStringLiteral(literal)) return;
    const specifier = literal.text;
    const target = specifier.startsWith('.')
      ? posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts')
      : null;
    imports.push({ specifier, target, erased, names });
  };
  visit(syntax, (node) => {
    if (ts.isImportDeclaration(node)) {
      const clause = node.importClause;
      add(node.moduleSpecifier, clause?.phaseModifier === ts.SyntaxKind.TypeKeyword, namesOf(clause));
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly, []);
    } else if (ts.isImportTypeNode(node)) {
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true, []);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false, []);
    }
  });
  return { path, text, imports, syntax };
}

function namesOf(clause: ts.ImportClause | undefined): string[] {
  const bindings = clause?.namedBindings;
  return bindings && ts.isNamedImports(bindings)
    ? bindings.elements.map((element) => (element.propertyName ?? element.name).text)
    : [];
}

/** Calls `see` with a node and everything under it. */
export function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

/** Each group of files that lead to each other, as sorted paths; `follow` says which imports count. */
export function importCycles(
  files: ReadonlyMap<string, SourceText>,
  follow: (found: SourceImport) => boolean,
): string[][] {
  const reachable = new Map<string, Set<string>>();
  for (const start of files.keys()) {
    const seen = new Set<string>();
    const open = [start];
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      for (const found of files.get(path)?.imports ?? []) {
        if (found.target === null || !follow(found) || seen.has(found.target)) continue;
        seen.add(found.target);
        open.push(found.target);
      }
    }
    reachable.set(start, seen);
  }
  const groups = new Map<string, string[]>();
  for (const [path, seen] of reachable) {
    if (!seen.has(path)) continue;
    const group = [...seen].filter((other) => reachable.get(other)?.has(path)).sort();
    groups.set(group.join(' '), group);
  }
  return [...groups.values()];
}
