export interface MatrixRow {
  readonly name: string;
  readonly node: string;
  readonly typescript: string;
  readonly packages: Readonly<Record<string, string>>;
}
export const ROWS: readonly MatrixRow[];
export interface LockFile {
  readonly packages: Readonly<Record<string, { readonly version: string }>>;
}
export function versionIn(row: MatrixRow, name: string, lock: LockFile): string;
