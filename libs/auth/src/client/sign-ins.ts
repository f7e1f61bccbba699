import { superseded } from './auth-client-error.js';
import type { AuthUser } from './auth-client.js';
import type { ClientParts } from './client-parts.js';
import type { KeptToken } from './kept-token.js';
import { randomKey } from './platform.js';
import { bearer, errorOf } from './requests.js';
import { outranks, signedOut, type SignInState } from './shared-state.js';

type Body = Readonly<Record<string, unknown>>;

/** The part of a token's life after which it is renewed before a request, in place of after its refusal. */
const FRESH = 0.98;

export interface SignIns {
  /**
   * Takes over the sign-in of an answer: of the same user, or of another one. Gives null where another tab has a newer state. `former`
   * and `epoch` are from before the request; `isNew`: the user has signed in.
   */
  adopt(body: Body, former: SignInState, epoch: number, isNew?: boolean): Promise<AuthUser | null>;
  /** Tells the server of a sign-out that it does not know yet. Gives whether there was one. Throws AuthClientError. */
  settle(): Promise<boolean>;
  /** Sends what answers with a sign-in, and takes it over. Throws AuthClientError. */
  enter(route: string, isNew: boolean, bodyOf: (kept: KeptToken | null) => Body): Promise<AuthUser>;
  signOut(): Promise<void>;
}

export function signInsOf({ byCookie, platform, shared, records, kept, turn, ask }: ClientParts): SignIns {
  /** What a sign-out still has to show to the server, besides cookies. */
  let owed: { readonly accessToken: string | null; readonly token: KeptToken | null } | undefined;

  const adopt: SignIns['adopt'] = async (body, former, epoch, isNew) => {
    const { user, access_token: accessToken = null, expires_in: seconds } = body as Record<string, any>;
    const isSame = !isNew && former.user?.id === user.id && former.epoch === epoch;
    const state: SignInState = {
      epoch: isSame ? epoch : epoch + 1,
      generation: isSame ? former.generation + 1 : isNew ? 1 : 0.5,
      user: user as AuthUser,
      accessToken: accessToken as string | null,
      renewAt: platform.now() + seconds * 1_000 * FRESH,
    };
    if (!outranks(state, shared.current())) return null;
    if (!byCookie) await kept.save(String(body['refresh_token']));
    if (shared.accept(state)) return state.user!;
    // Signed out while the storage saved.
    if (!shared.current().user) await kept.clear();
    return null;
  };

  async function settle(): Promise<boolean> {
    const isOwing = records.read().owesSignOut;
    if (isOwing) {
      const answer = await ask('logout', {
        headers: bearer(owed?.accessToken),
        body: owed?.token ? { refresh_token: owed.token.token } : undefined,
      });
      if (answer.status !== 204) throw errorOf(answer);
      owed = undefined;
      records.change({ owesSignOut: false });
    }
    return isOwing;
  }

  return {
    adopt,
    settle,
    enter: (route, isNew, bodyOf) =>
      turn(async () => {
        // The login ends the former sign-in of the cookie; of tokens that the server does not hear of, it lives on.
        await settle().catch(() => false);
        const { accessToken } = shared.current();
        const epoch = shared.epoch();
        const token = byCookie || isNew ? null : await kept.load();
        const answer = await ask(route, {
          headers: bearer(isNew ? null : accessToken),
          body: bodyOf(token),
        });
        if (answer.status !== 200 || !answer.body['user']) throw errorOf(answer);
        // A step-up has closed what another tab has renewed meanwhile: its tokens are the newest.
        const user = await adopt(answer.body, shared.current(), epoch, isNew);
        if (!user) throw superseded();
        if (isNew) records.change({ owesSignOut: false, key: randomKey() });
        return user;
      }),
    async signOut() {
      const { accessToken } = shared.current();
      const isAgain = records.read().owesSignOut;
      shared.accept(signedOut(shared.epoch() + 2, 1));
      records.change({ owesSignOut: true });
      if (!isAgain) {
        owed = { accessToken, token: byCookie ? null : await kept.load().catch(() => null) };
      }
      try {
        if (!byCookie) await kept.clear();
      } finally {
        await turn(settle);
      }
    },
  };
}
