const TAKEN = Symbol.for('nestjs-aerie.request-user-is-taken');
const ofProcess = globalThis as { [TAKEN]?: boolean };

/** From now on `@CurrentUser()` takes `request.user` where no guard of ours ran: for tests that override guards. */
export function takeRequestUser(): void {
  ofProcess[TAKEN] = true;
}

/** Whether `takeRequestUser` was called in this process. */
export function isRequestUserTaken(): boolean {
  return ofProcess[TAKEN] === true;
}
