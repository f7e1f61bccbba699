import { ActionTokenInvalidError, CredentialsInvalidError } from '../../../errors/auth-error.js';

/** A subject that may not sign in, or changed meanwhile, gets the answer of a link that cannot be used. */
export async function refusedAlike<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CredentialsInvalidError) throw new ActionTokenInvalidError({ cause: error });
    throw error;
  }
}
