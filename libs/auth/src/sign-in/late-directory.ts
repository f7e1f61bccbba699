import type { UserDirectory } from '../principal/user-directory.js';

/**
 * The host's directory, which comes when everything of ours is made: a class of users may need AuthenticationService
 * itself, to end the sign-ins of whom it disables. Waiting for one another, neither would ever be made.
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
