import ts from 'typescript';
import type { DocumentationProgram } from './documentation-program.js';
import { type MarkdownPage, rowsOf } from './markdown.js';

export interface DocumentedOptions {
  /** Dotted paths of what can be set, each with the members that its own row must name. */
  readonly options: ReadonlyMap<string, readonly string[]>;
  /** Dotted paths of what only holds options. */
  readonly groups: ReadonlySet<string>;
}

/**
 * Walks the types of the options. An object is a group, whose members are options; a list of objects, or an object
 * that may also be something else, is one option that names the members.
 */
export function walkOptions(
  program: DocumentationProgram,
  types: readonly (string | readonly [prefix: string, name: string])[],
): DocumentedOptions {
  const { checker } = program;
  const options = new Map<string, readonly string[]>();
  const groups = new Set<string>();
  const membersOf = (type: ts.Type): string[] =>
    isOurs(type) ? checker.getPropertiesOfType(type).map(({ name }) => name) : [];
  // What has nothing but methods is a client that the application made, and not a group.
  const isClient = (type: ts.Type): boolean =>
    checker
      .getPropertiesOfType(type)
      .every((member) => checker.getTypeOfSymbol(member).getCallSignatures().length > 0);
  const walk = (type: ts.Type, prefix: string): void => {
    for (const property of checker.getPropertiesOfType(type)) {
      const path = prefix + property.name;
      const value = checker.getNonNullableType(checker.getTypeOfSymbol(property));
      if (isOurs(value) && isClient(value)) {
        options.set(path, []);
        continue;
      }
      if (isOurs(value)) {
        groups.add(path);
        walk(value, `${path}.`);
        continue;
      }
      const parts = value.isUnion() ? value.types : [value];
      const elements = parts.flatMap((part) =>
        checker.isArrayLikeType(part) ? checker.getTypeArguments(part as ts.TypeReference) : [part],
      );
      options.set(path, elements.flatMap(membersOf));
    }
  };
  for (const one of types) {
    const [prefix, name] = typeof one === 'string' ? ['', one] : one;
    walk(program.exported(name), prefix);
  }
  return { options, groups };
}

/** Whether a type is an object with members that this repository declares. */
function isOurs(type: ts.Type): boolean {
  const declared = type.symbol?.declarations?.[0]?.getSourceFile().fileName ?? '';
  return (
    (type.flags & ts.TypeFlags.Object) !== 0 &&
    type.getCallSignatures().length === 0 &&
    type.getConstructSignatures().length === 0 &&
    !type.isClass() &&
    // Made by calls, which have options of their own.
    !['StoresDoor', 'AuthFeature'].includes(type.symbol.name) &&
    /\/libs\/auth\/src\//.test(declared)
  );
}

/** What a page says of options, against what there is: one line for each difference. */
export function differences(page: MarkdownPage, { options, groups }: DocumentedOptions): string[] {
  const rows = rowsOf(page, 'option');
  const documented = new Map(rows.map((cells) => [(cells[0] ?? '').replaceAll('`', ''), cells]));
  const found: string[] = [];
  if (documented.size !== rows.length) found.push('an option has two rows');
  for (const [path, members] of options) {
    const cells = documented.get(path);
    if (!cells) found.push(`${path} has no row`);
    else if (cells.slice(1).every((cell) => cell === '')) found.push(`${path} has an empty row`);
    for (const member of cells ? members : []) {
      if (!new RegExp(`\\b${member}\\b`).test(cells!.slice(1).join(' ')))
        found.push(`${path} does not say ${member}`);
    }
  }
  for (const path of documented.keys()) if (!options.has(path)) found.push(`${path} does not exist`);
  for (const heading of page.headings.map((text) => text.replaceAll('`', ''))) {
    if (/^[a-z][\w.]*$/.test(heading) && !groups.has(heading))
      found.push(`${heading} is no group of options`);
  }
  return found;
}

/** The defaults that a page gives as code, by option. */
export function documentedDefaults(page: MarkdownPage): Map<string, string> {
  const defaults = new Map<string, string>();
  for (const [option = '', value = ''] of rowsOf(page, 'option')) {
    const code = /^`([^`]+)`$/.exec(value)?.[1];
    if (code !== undefined) defaults.set(option.replaceAll('`', ''), code);
  }
  return defaults;
}
