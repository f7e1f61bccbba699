import type ts from 'typescript';

/** TypeScript, as the project has it. Version 7 has no such functions. */
export type TypeScript = Pick<typeof ts, 'createSourceFile' | 'forEachChild' | 'SyntaxKind' | 'ScriptTarget'>;

export interface ModuleToImport {
  readonly name: string;
  /** As it is imported, such as `./auth/auth.module`. */
  readonly from: string;
}

interface Insertion {
  readonly at: number;
  readonly text: string;
}

/**
 * The text of a root module that imports one module more: `imports` of its `@Module({ ... })` must be a literal list, or left
 * out. Null for a module of any other shape: nothing is guessed.
 */
export function withImport(
  text: string,
  rootClass: string,
  { name, from }: ModuleToImport,
  typescript: TypeScript,
): string | null {
  const source = typescript.createSourceFile('root.module.ts', text, typescript.ScriptTarget.Latest, true);
  if (new RegExp(`\\b${name}\\b`).test(text)) return null;
  // A file that does not compile is not extended. No public member of TypeScript's says so.
  if ((source as { parseDiagnostics?: readonly unknown[] }).parseDiagnostics?.length) return null;
  const metadata = metadataOf(source, rootClass, typescript);
  const listed = metadata && insertionInto(metadata, name, source, typescript);
  const imports = source.statements.filter(({ kind }) => kind === typescript.SyntaxKind.ImportDeclaration);
  const last = imports.at(-1);
  if (!listed || !last) return null;
  const quote = last.getText(source).includes('"') ? '"' : "'";
  const statement = `${lineEndOf(text)}import { ${name} } from ${quote}${from}${quote};`;
  return [listed, { at: last.getEnd(), text: statement }].reduce(inserted, text);
}

/** The object in the one `@Module({ ... })` of the class. */
function metadataOf(
  source: ts.SourceFile,
  rootClass: string,
  { SyntaxKind }: TypeScript,
): ts.ObjectLiteralExpression | null {
  const classes = source.statements.filter(
    (one): one is ts.ClassDeclaration =>
      one.kind === SyntaxKind.ClassDeclaration && (one as ts.ClassDeclaration).name?.text === rootClass,
  );
  const modifiers = classes.flatMap((one) => [...(one.modifiers ?? [])] as ts.Node[]);
  const decorators = modifiers.filter((one): one is ts.Decorator => one.kind === SyntaxKind.Decorator);
  const modules = decorators
    .map(({ expression }) => expression)
    .filter((one): one is ts.CallExpression => one.kind === SyntaxKind.CallExpression)
    .filter(({ expression }) => expression.getText(source) === 'Module');
  const [given] = modules.length === 1 ? modules[0]!.arguments : [];
  return given?.kind === SyntaxKind.ObjectLiteralExpression ? (given as ts.ObjectLiteralExpression) : null;
}

function insertionInto(
  metadata: ts.ObjectLiteralExpression,
  name: string,
  source: ts.SourceFile,
  { SyntaxKind }: TypeScript,
): Insertion | null {
  // What is spread into it may hold `imports`.
  if (metadata.properties.some(({ kind }) => kind === SyntaxKind.SpreadAssignment)) return null;
  const existing = metadata.properties.find(
    (one) => one.name?.getText(source).replace(/['"]/g, '') === 'imports',
  );
  if (!existing) {
    const [first] = metadata.properties;
    const blank = first ? blankBefore(first, source) : '';
    return {
      at: metadata.getStart(source) + 1,
      text: `${blank || ' '}imports: [${name}]${first ? ',' : ' '}`,
    };
  }
  const list =
    existing.kind === SyntaxKind.PropertyAssignment ? (existing as ts.PropertyAssignment).initializer : null;
  if (list?.kind !== SyntaxKind.ArrayLiteralExpression) return null;
  const last = (list as ts.ArrayLiteralExpression).elements.at(-1);
  return last
    ? { at: last.getEnd(), text: `,${blankBefore(last, source) || ' '}${name}` }
    : { at: list.getStart(source) + 1, text: name };
}

/** The line end and the indentation before a node, or nothing if it shares its line. */
function blankBefore(node: ts.Node, source: ts.SourceFile): string {
  const before = source.text.slice(0, node.getStart(source));
  return /\r?\n[ \t]*$/.exec(before)?.[0] ?? '';
}

const lineEndOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');
const inserted = (text: string, { at, text: more }: Insertion): string =>
  text.slice(0, at) + more + text.slice(at);
