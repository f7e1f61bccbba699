import { AsyncLocalStorage } from 'node:async_hooks';
import { PasswordsBusyError } from '../errors/busy-error.js';
import { type Requester, UNKNOWN_REQUESTER } from '../principal/requester.js';

interface Hashing {
  readonly requester: Requester;
  refusal?: PasswordsBusyError;
}

const hashing = new AsyncLocalStorage<Hashing>();

/**
 * Runs work of the host that may hash passwords for a requester. Throws PasswordsBusyError when one of its hashes found no
 * place, also when the host took that for a wrong password.
 */
export async function hashingFor<T>(requester: Requester, work: () => Promise<T>): Promise<T> {
  const current: Hashing = { requester };
  try {
    return await hashing.run(current, work);
  } finally {
    // oxlint-disable-next-line no-unsafe-finally -- a refusal outranks whatever the host made of it
    if (current.refusal) throw current.refusal;
  }
}

/** For whom this code hashes, as far as that is known. */
export function hashingRequester(): Requester {
  return hashing.getStore()?.requester ?? UNKNOWN_REQUESTER;
}

/** Notes that a hash found no place. */
export function noteRefusal(refusal: PasswordsBusyError): void {
  const current = hashing.getStore();
  if (current) current.refusal = refusal;
}
