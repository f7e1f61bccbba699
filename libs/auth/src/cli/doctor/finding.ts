/**
 * - `error`: it lets somebody in, or the application does not work
 * - `warning`: weaker than it should be; fails with `--strict`
 * - `note`: what an operator should know
 */
export type Level = 'error' | 'warning' | 'note';

/** One thing that the doctor found. No value of a secret is ever in it. */
export interface Finding {
  readonly level: Level;
  /** For programs; stays the same from version to version. */
  readonly code: string;
  readonly message: string;
}

export const error = (code: string, message: string): Finding => ({ level: 'error', code, message });
export const warning = (code: string, message: string): Finding => ({ level: 'warning', code, message });
export const note = (code: string, message: string): Finding => ({ level: 'note', code, message });
