/** A command cannot do what it was asked to: one line for its user, and exit code 2. */
export class CannotRun extends Error {
  override name = 'CannotRun';
}

/** The first line of what an error says. */
export function firstLineOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0]!.trim() || 'unknown';
}
