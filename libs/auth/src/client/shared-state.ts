import type { AuthUser } from './auth-client.js';
import type { BrowserRecords } from './browser-record.js';
import type { Platform } from './platform.js';

/** What a tab knows of the sign-in. Tabs send each other the whole of it. */
export interface SignInState {
  /** Raised by one with each sign-in, by two with each sign-out: of the two at once, the sign-out wins. */
  readonly epoch: number;
  /**
   * Raised by one with each renewal, by a half when one was refused: so a refusal never wins over a renewal. Begins at one with a
   * sign-in, at a half where a renewal found a user whom the tab did not know.
   */
  readonly generation: number;
  readonly user: AuthUser | null | undefined;
  readonly accessToken: string | null;
  /** When the access token should be renewed, in milliseconds of `Platform.now`. */
  readonly renewAt: number;
}

export const signedOut = (epoch: number, generation: number): SignInState => ({
  epoch,
  generation,
  user: null,
  accessToken: null,
  renewAt: 0,
});

/** Whether a state replaces another. No clock decides: what was sent before a sign-out has a lower epoch. */
export const outranks = (state: SignInState, other: SignInState): boolean =>
  state.epoch === other.epoch ? state.generation > other.generation : state.epoch > other.epoch;

/** One member each. */
interface Message {
  readonly state?: SignInState;
  readonly busyMs?: number;
  readonly hello?: true;
}

/** The state of the sign-in, the same in every tab. */
export interface SharedState {
  current(): SignInState;
  /** The newest epoch of this browser: another tab's message may still be on its way. */
  epoch(): number;
  /** Takes over a state that replaces the current one, and tells the other tabs. Gives whether it does. */
  accept(state: SignInState): boolean;
  /** Tells the other tabs that this one renews, for at most `busyMs`; 0: no longer. */
  announce(busyMs: number): void;
  /** Whether another tab says that it renews. */
  isBusy(): boolean;
  close(): void;
}

/** `changed` is told of every state that replaces another. */
export function sharedState(
  name: string,
  { Channel, now }: Platform,
  records: BrowserRecords,
  changed: (state: SignInState, former: SignInState) => void,
): SharedState {
  const channel = Channel && new Channel(name);
  let current: SignInState = { ...signedOut(records.read().epoch, 0), user: undefined };
  let busyUntil = 0;
  let isClosed = false;

  const send = (message: Message): void => {
    if (!isClosed) channel?.postMessage(message);
  };
  const take = (state: SignInState): boolean => {
    const former = current;
    if (isClosed || !outranks(state, former)) return false;
    current = state;
    busyUntil = 0;
    changed(state, former);
    return true;
  };
  if (channel) {
    channel.unref?.();
    channel.onmessage = ({ data }) => {
      const { state, busyMs, hello } = data as Message;
      if (state) take(state);
      else if (busyMs !== undefined) busyUntil = now() + busyMs;
      else if (hello && current.user !== undefined) send({ state: current });
    };
    send({ hello: true });
  }

  const epoch = (): number => Math.max(current.epoch, records.read().epoch);
  return {
    current: () => current,
    epoch,
    accept(state) {
      const isNew = take(state);
      if (isNew) {
        records.change({ epoch: epoch() });
        send({ state });
      }
      return isNew;
    },
    announce: (busyMs) => send({ busyMs }),
    isBusy: () => busyUntil > now(),
    close() {
      isClosed = true;
      // What runs takes it for a change, and stops.
      current = { ...current };
      channel?.close();
    },
  };
}
