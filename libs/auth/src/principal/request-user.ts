const TAKEN = Symbol.for('nestjs-aerie.request-user-is-taken');
const ofProcess = globalThis as { [TAKEN]?: boolean };

/** From now on `@CurrentUser()` takes `request.user` where no guard of ours ran: for tests that override guards. */
export function takeRequestUser(): void {
  ofProcess[TAKEN] = true;
}

/** Whether `takeRequestUser` was called in this process. Never in production, whatever has loaded the helpers of tests there. */
export function isRequestUserTaken(): boolean {
  return ofProcess[TAKEN] === true && process.env['NODE_ENV'] !== 'production';
}
