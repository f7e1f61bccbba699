import { dirname, join, posix } from 'node:path';
import ts from 'typescript';
import { ENTRIES } from './entries.js';
import type { CodeBlock, MarkdownPage } from './markdown.js';

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = ENTRIES.map(({ source }) => source);
/** What pages use and this repository does not install. */
const AMBIENT = ['pg.d.ts', 'test-runner.d.ts'].map((name) => join(import.meta.dirname, name));

/** Where a block is for the compiler: in a folder of its own that exists nowhere else. */
interface PlacedBlock {
  readonly page: MarkdownPage;
  readonly block: CodeBlock;
  readonly path: string;
}

/**
 * Every ```ts block of the pages, as one program with the library's source. A block that begins with
 * `// file: name.ts` can be imported by the other blocks of its page as `./name.js`, and by other pages when it is the
 * README's; where a page declares a file twice, the nearest one above counts.
 */
export class DocumentationProgram {
  readonly checker: ts.TypeChecker;
  private readonly placed: readonly PlacedBlock[];
  private readonly program: ts.Program;

  constructor(pages: readonly MarkdownPage[]) {
    this.placed = pages.flatMap((page) =>
      page.blocks
        .filter(({ language }) => language === 'ts')
        .map((block, index) => {
          const folder = join(ROOT, 'test/.documentation', page.path, String(index));
          return { page, block, path: join(folder, block.file ?? 'block.ts') };
        }),
    );
    const options = compilerOptions();
    this.program = ts.createProgram(
      [...SOURCES, ...AMBIENT, ...this.placed.map(({ path }) => path)],
      options,
      this.host(options),
    );
    this.checker = this.program.getTypeChecker();
  }

  get size(): number {
    return this.placed.length;
  }

  /** What the compiler says about the blocks of a page, as `page:line message`. */
  errorsOf(page: MarkdownPage): string[] {
    return this.placed
      .filter((placed) => placed.page === page)
      .flatMap(({ block, path }) => {
        const source = this.program.getSourceFile(path);
        if (!source) return [`${page.path}:${block.line} was not compiled`];
        const found = [
          ...this.program.getSyntacticDiagnostics(source),
          ...this.program.getSemanticDiagnostics(source),
        ];
        return found.map(({ start, messageText }) => {
          const line = source.getLineAndCharacterOfPosition(start ?? 0).line;
          return `${page.path}:${block.line + line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
        });
      });
  }

  /** The type that the package exports under a name, from any of its entries. */
  exported(name: string): ts.Type {
    const symbol = this.exports().find((found) => found.name === name);
    if (!symbol) throw new Error(`the package exports no ${name}`);
    return this.checker.getDeclaredTypeOfSymbol(this.declared(symbol));
  }

  /** How the exported classes declare a method: all of them, or the one that is named. */
  methodsOf(name: string, owner?: string): ts.MethodDeclaration[] {
    return this.exports()
      .filter((found) => owner === undefined || found.name === owner)
      .map((symbol) => this.declared(symbol))
      .filter((symbol) => symbol.flags & ts.SymbolFlags.Class)
      .flatMap(
        (symbol) =>
          this.checker.getPropertyOfType(this.checker.getDeclaredTypeOfSymbol(symbol), name)?.declarations ??
          [],
      )
      .filter(ts.isMethodDeclaration);
  }

  /** How an exported function is declared. */
  functionsOf(name: string): ts.FunctionDeclaration[] {
    return this.exports()
      .filter((found) => found.name === name)
      .flatMap((symbol) => this.declared(symbol).declarations ?? [])
      .filter(ts.isFunctionDeclaration);
  }

  /** What the entries export. */
  private exports(): ts.Symbol[] {
    return SOURCES.map((path) =>
      this.checker.getSymbolAtLocation(this.program.getSourceFile(path)!)!,
    ).flatMap((module) => this.checker.getExportsOfModule(module));
  }

  private declared(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  private host(options: ts.CompilerOptions): ts.CompilerHost {
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile, getSourceFile } = host;
    const textOf = (path: string): string | undefined =>
      this.placed.find((placed) => placed.path === path)?.block.text;
    host.fileExists = (path) => textOf(path) !== undefined || fileExists(path);
    host.readFile = (path) => textOf(path) ?? readFile(path);
    host.getSourceFile = (path, language, ...rest) => {
      const text = textOf(path);
      return text === undefined
        ? getSourceFile(path, language, ...rest)
        : ts.createSourceFile(path, text, language, true);
    };
    const cache = ts.createModuleResolutionCache(ROOT, (path) => path, options);
    host.resolveModuleNameLiterals = (literals, containing, redirected, compiler, source) =>
      literals.map((literal) => {
        const declared = this.declaredFor(containing, literal.text);
        if (declared) {
          return {
            resolvedModule: {
              resolvedFileName: declared,
              extension: ts.Extension.Ts,
              isExternalLibraryImport: false,
            },
          };
        }
        const mode = ts.getModeForUsageLocation(source, literal, compiler);
        return ts.resolveModuleName(literal.text, containing, compiler, host, cache, redirected, mode);
      });
    return host;
  }

  private declaredFor(containing: string, specifier: string): string | undefined {
    const from = this.placed.findIndex(({ path }) => path === containing);
    if (from === -1 || !specifier.startsWith('.')) return undefined;
    const { page, block } = this.placed[from]!;
    const file = posix.join(dirname(block.file ?? ''), specifier).replace(/\.js$/, '.ts');
    const candidates = this.placed
      .map((placed, index) => ({ ...placed, index }))
      .filter(({ block }) => block.file === file);
    const own = candidates.filter((candidate) => candidate.page === page);
    const nearest = own.filter(({ index }) => index < from).at(-1) ?? own[0];
    return (nearest ?? candidates.find((candidate) => candidate.page.path === 'README.md'))?.path;
  }
}

function compilerOptions(): ts.CompilerOptions {
  const path = join(ROOT, 'tsconfig.json');
  const { config } = ts.readConfigFile(path, ts.sys.readFile) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(path));
  // An example may declare what it does not use.
  return { ...options, noEmit: true, noUnusedLocals: false, moduleDetection: ts.ModuleDetectionKind.Force };
}
