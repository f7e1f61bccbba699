/**
 * The host's user directory returned what it must not: a mistake of the program, which no retry mends. It is no AuthError:
 * answered with 500, and named in the log.
 */
export class DirectoryMistakeError extends TypeError {
  constructor(message: string) {
    super(message);
    this.name = 'DirectoryMistakeError';
  }
}
