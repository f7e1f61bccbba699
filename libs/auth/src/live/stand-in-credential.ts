import { type CredentialNames, WatchedCredential } from './watched-credential.js';

const NONE: CredentialNames = { signIn: null, subject: null, token: null, client: null };
const standIns = new WeakSet<object>();

/** Has a principal of a test watched, though no credential gave it: it never ends. */
export function neverEnds(principal: object): void {
  standIns.add(principal);
}

/** Whether `neverEnds` was called with a principal. */
export function isStandIn(principal: object): boolean {
  return standIns.has(principal);
}

/** The credential of a principal of a test. */
export class StandInCredential extends WatchedCredential {
  readonly names = NONE;
  readonly dueAt = Infinity;

  refuseIfKnown(): boolean {
    return false;
  }

  refuseIfExpired(): void {}

  async ask(): Promise<void> {}
}
