/** The files of the project, as the Nest CLI's schematics runner (`@angular-devkit/schematics`) hands them over. */
export interface Tree {
  exists(path: string): boolean;
  read(path: string): { toString(): string } | null;
  create(path: string, content: string): void;
  overwrite(path: string, content: string): void;
  getDir(path: string): { visit(visitor: (path: string) => void): void };
}

/** What the runner offers beside the files: the part that is used here, so that the package needs no devkit. */
export interface SchematicContext {
  readonly logger: { info(message: string): void };
  addTask(task: { toConfiguration(): { name: string; options: object } }): unknown;
}

/** The text of a file, or null if there is none. */
export function textOf(tree: Tree, path: string): string | null {
  return tree.read(path)?.toString() ?? null;
}

/** Writes a file that is there already, or a new one. */
export function put(tree: Tree, path: string, content: string): void {
  if (tree.exists(path)) tree.overwrite(path, content);
  else tree.create(path, content);
}
