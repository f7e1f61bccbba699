import { relative } from 'node:path';
import ts from 'typescript';
import { ENTRIES } from './entries.js';

/** An export, or a method of an exported class, and what its doc comment says. */
export interface Documented {
  /** `SessionData`, or `SessionData.read` for a method. */
  readonly name: string;
  /** The file that declares it. */
  readonly file: string;
  readonly text: string;
  readonly throws: readonly string[];
  readonly examples: readonly string[];
  /** Whether the declarations show a constructor of the class. */
  readonly isConstructible: boolean;
}

/** What the entries of a program export, each once. */
export function publicSurface(
  program: ts.Program,
  sources = ENTRIES.map(({ source }) => source),
): Documented[] {
  const checker = program.getTypeChecker();
  const exported = new Set(
    sources
      .flatMap((source) =>
        checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(source)!)!),
      )
      .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)),
  );
  return [...exported].flatMap((symbol) => [
    documented(checker, symbol, symbol.name),
    ...methodsOf(checker, symbol).map((method) =>
      documented(checker, method, `${symbol.name}.${method.name}`),
    ),
  ]);
}

/** Its own and those that it inherits. */
function methodsOf(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol[] {
  if (!(symbol.flags & ts.SymbolFlags.Class)) return [];
  const inherited = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol));
  const all = [...inherited, ...(symbol.exports?.values() ?? [])];
  return all.filter(({ flags }) => flags & ts.SymbolFlags.Method);
}

function documented(checker: ts.TypeChecker, symbol: ts.Symbol, name: string): Documented {
  const tags = symbol.getJsDocTags(checker);
  const textsOf = (tag: string) =>
    tags.filter((one) => one.name === tag).map((one) => ts.displayPartsToString(one.text));
  return {
    name,
    file: relative(process.cwd(), symbol.declarations![0]!.getSourceFile().fileName),
    text: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
    throws: textsOf('throws'),
    examples: textsOf('example'),
    isConstructible: (symbol.declarations ?? []).some(showsConstructor),
  };
}

function showsConstructor(declaration: ts.Declaration): boolean {
  if (!ts.isClassDeclaration(declaration)) return false;
  const all = declaration.members.filter(ts.isConstructorDeclaration);
  const overloads = all.filter(({ body }) => !body);
  return (overloads.length > 0 ? overloads : all).some(
    (one) => !ts.getJSDocTags(one).some(({ tagName }) => tagName.text === 'internal'),
  );
}

/** Parses the entries and what they lead to, without the types of other packages: names and comments are all there. */
export function surfaceProgram(sources = ENTRIES.map(({ source }) => source)): ts.Program {
  return ts.createProgram(sources, {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    experimentalDecorators: true,
    noLib: true,
    types: [],
  });
}
