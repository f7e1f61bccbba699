import { AuthConfigError } from '../errors/auth-config-error.js';
import type { CompleteUserDirectory, UserDirectory } from '../principal/user-directory.js';

/**
 * The host's directory, set when our providers are made: the directory may inject AuthenticationService, to end the sign-ins
 * of users that it disables. If our providers injected the directory, the two would wait for each other.
 */
export class LateDirectory {
  private directory: CompleteUserDirectory | undefined;

  /** Throws AuthConfigError for a directory whose members for passwords contradict each other. */
  arrive(directory: UserDirectory): void {
    checkPasswordMembers(directory as CompleteUserDirectory);
    this.directory = directory as CompleteUserDirectory;
  }

  /** Throws before it has come: in a constructor, while the application is put together. */
  get(): CompleteUserDirectory {
    if (!this.directory)
      throw new Error('the user directory is not there yet: sign in after the application has started');
    return this.directory;
  }
}

/** The compiler checks the class that `users` names; a provider may stand for another one. */
function checkPasswordMembers(directory: CompleteUserDirectory): void {
  const has = (name: 'passwordHashOf' | 'setPasswordHash' | 'verifyPassword' | 'refusePassword') =>
    typeof directory[name] === 'function';
  const refuse = (allowed: string, got: string): never => {
    throw new AuthConfigError(`"users" must have ${allowed} (${directory.constructor.name} has ${got})`);
  };
  const givesHashes = has('passwordHashOf');
  if (givesHashes === has('verifyPassword'))
    refuse('exactly one of passwordHashOf and verifyPassword', givesHashes ? 'both' : 'neither');
  if (givesHashes && has('refusePassword'))
    refuse('refusePassword beside verifyPassword only', 'passwordHashOf, with which it is not called');
  if (!givesHashes && has('setPasswordHash'))
    refuse('setPasswordHash beside passwordHashOf only', 'verifyPassword, with which it is not called');
}
