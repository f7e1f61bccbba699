/**
 * The host's user directory returned a wrong value: a mistake of the program, which a retry does not solve. It is no AuthError:
 * the response is a 500, and the log names the mistake.
 */
export class DirectoryMistakeError extends TypeError {
  constructor(message: string) {
    super(message);
    this.name = 'DirectoryMistakeError';
  }
}
