import { AuthClientError } from './auth-client-error.js';
import type { AuthUser } from './auth-client.js';
import type { ClientParts } from './client-parts.js';
import type { KeptToken } from './kept-token.js';
import { bearer, errorOf } from './requests.js';
import { outranks, signedOut, type SignInState } from './shared-state.js';

type Body = Readonly<Record<string, unknown>>;

/** The part of a token's life after which it is renewed before a request, in place of after its refusal. */
const FRESH = 0.95;

export interface SignIns {
  /** The state after an answer that holds a sign-in: of the same user, or of another one. */
  stateOf(body: Body, former: SignInState, epoch: number, isNew?: boolean): SignInState;
  /** Takes a sign-in over, unless another tab has a newer state. Gives whether it does. */
  adopt(body: Body, state: SignInState): Promise<boolean>;
  /** Tells the server of a sign-out that it does not know yet. Gives whether there was one. Throws AuthClientError. */
  settle(): Promise<boolean>;
  /** Sends what answers with a sign-in, and takes it over. Throws AuthClientError. */
  enter(route: string, isNew: boolean, bodyOf: (kept: KeptToken | null) => Body): Promise<AuthUser>;
  signOut(): Promise<void>;
}

export function signInsOf({ byCookie, platform, shared, records, kept, turn, ask }: ClientParts): SignIns {
  /** What a sign-out still has to show to the server, besides cookies. */
  let owed: { readonly accessToken: string | null; readonly token: KeptToken | null } | undefined;

  function stateOf(body: Body, former: SignInState, epoch: number, isNew = false): SignInState {
    const { user, access_token: accessToken = null, expires_in: seconds } = body as Record<string, any>;
    const isSame = !isNew && former.user?.id === user.id && former.epoch === epoch;
    return {
      epoch: isSame ? epoch : epoch + 1,
      generation: isSame ? former.generation + 1 : 1,
      user: user as AuthUser,
      accessToken: accessToken as string | null,
      renewAt: platform.now() + seconds * 1_000 * FRESH,
    };
  }

  async function adopt(body: Body, state: SignInState): Promise<boolean> {
    if (!outranks(state, shared.current())) return false;
    if (!byCookie) await kept.save(String(body['refresh_token']));
    const isTaken = shared.accept(state);
    // Signed out while the storage saved.
    if (!isTaken && shared.current().user === null) await kept.clear();
    return isTaken;
  }

  async function settle(): Promise<boolean> {
    const isOwing = records.read().owesSignOut;
    if (isOwing) {
      const answer = await ask('logout', {
        headers: bearer(owed?.accessToken ?? null),
        body: owed?.token ? { refresh_token: owed.token.token } : undefined,
      });
      if (answer.status !== 204) throw errorOf(answer);
      owed = undefined;
      records.change({ owesSignOut: false });
    }
    return isOwing;
  }

  return {
    stateOf,
    adopt,
    settle,
    enter: (route, isNew, bodyOf) =>
      turn(async () => {
        // The login ends the former sign-in of the cookie; of tokens that the server does not hear of, it lives on.
        await settle().catch(() => false);
        const former = shared.current();
        const epoch = shared.epoch();
        const token = byCookie || isNew ? null : await kept.load();
        const answer = await ask(route, {
          headers: bearer(isNew ? null : former.accessToken),
          body: bodyOf(token),
        });
        if (answer.status !== 200) throw errorOf(answer);
        const state = stateOf(answer.body, former, epoch, isNew);
        if (!(await adopt(answer.body, state)))
          throw new AuthClientError('AUTH_CLIENT_SUPERSEDED', 'Another tab signed in or out. Look again.');
        records.change({ owesSignOut: false });
        return state.user!;
      }),
    async signOut() {
      const { accessToken } = shared.current();
      const isAgain = records.read().owesSignOut;
      shared.accept(signedOut(shared.epoch() + 2, 1));
      records.change({ owesSignOut: true });
      if (!isAgain) {
        owed = { accessToken, token: byCookie ? null : await kept.load().catch(() => null) };
        if (!byCookie) await kept.clear();
      }
      await turn(settle);
    },
  };
}
