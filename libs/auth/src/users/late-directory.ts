import type { UserDirectory } from '../principal/user-directory.js';

/**
 * The host's directory, set when our providers are made: the directory may inject AuthenticationService, to end the sign-ins
 * of users that it disables. If our providers injected the directory, the two would wait for each other.
 */
export class LateDirectory {
  private directory: UserDirectory | undefined;

  arrive(directory: UserDirectory): void {
    this.directory = directory;
  }

  /** Throws before it has come: in a constructor, while the application is put together. */
  get(): UserDirectory {
    if (!this.directory)
      throw new Error('the user directory is not there yet: sign in after the application has started');
    return this.directory;
  }
}
