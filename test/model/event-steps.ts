import { fallenBack, revoked, opened } from './history.js';
import { note, report } from './judge.js';
import { spoken, tokenName } from './story.js';
import type { Way } from './scenario.js';
import { ALICE, type World } from './world.js';

const REQUESTER = { ip: null, userAgent: null };

/** Alice signs in, before the schedule begins. */
export async function begin(world: World): Promise<void> {
  const epochs = await world.subjects.epochs(ALICE);
  const family = await open(world, epochs);
  world.held = world.holders.map((_, index) => (index === 0 ? family! : ''));
}

/** Time passes, for everybody. */
export const pass = (ms: number): Way => ({
  act(world) {
    world.now += ms;
    world.tell(() => `${spoken(ms)} pass`);
  },
});

/** The database's clock is put back. */
export const putBack = (ms: number): Way => ({
  act(world) {
    world.behind += ms;
    world.tell(() => `the database's clock is put back by ${spoken(ms)}`);
  },
});

/** The database's clock is put forward. */
export const putForward = (ms: number): Way => ({
  act(world) {
    world.behind -= ms;
    world.tell(() => `the database's clock is put forward by ${spoken(ms)}`);
  },
});

/** What one holder has is copied by another: a thief, or a second client that keeps a copy of its own. */
export const copy = (from: number, to: number): Way => ({
  possible: ({ held }) => held[from] !== '' && held[from] !== held[to],
  act(world) {
    world.held[to] = world.held[from]!;
    world.tell(() => `${world.holders[to]} takes a copy of ${tokenName(world, world.held[to]!)}`);
  },
});

/** Logout: with whatever token of the family, old or new. Of a dead family too: that it changes nothing is a promise. */
export const logout = (holder: number): Way => ({
  possible: ({ held }) => held[holder] !== '',
  async act(world) {
    const token = world.held[holder]!;
    const [familyId] = token.split('/');
    const ended = await world.store.revoke(familyId!, 'signed_out');
    if (ended) world.history = revoked(world.history, familyId);
    world.tell(() => `logout with ${tokenName(world, token)}${ended ? ': the family is revoked' : ''}`);
  },
});

/** Everything of Alice ends, and her epoch moves. */
export const endAll: Way = {
  act(world) {
    world.store.endSubject(ALICE, 'all_ended');
    world.history = revoked(world.history, undefined);
    world.tell(() => 'everything of Alice is revoked');
  },
};

/** A replica has all that was written so far. */
export const replicate: Way = {
  act(world) {
    world.replica = { store: world.store.save(), history: world.history };
    world.tell(() => 'the replica catches up');
  },
};

/** The primary is lost with what it had not replicated, and the replica takes over. */
export const failOver: Way = {
  // A history is another object as soon as anything was exchanged or ended: before that, nothing is lost that decides.
  possible: ({ replica, history }) => replica !== undefined && replica.history !== history,
  act(world) {
    // What is left out when a schedule is shrunk may be the replica.
    if (!world.replica) return;
    world.store.restore(world.replica.store);
    world.history = fallenBack(world.replica.history, world.history);
    world.tell(() => 'the primary is lost, and the replica takes over');
  },
};

/** The directory fails, comes back, or knows of no Alice any more: within a schedule she does not come back. */
export const directoryIs = (state: World['directory']): Way => ({
  possible: ({ directory }) => directory !== state && directory !== 'gone',
  act(world) {
    world.directory = state;
    world.tell(() => (state === 'gone' ? 'Alice is disabled' : `the directory is ${state}`));
  },
});

/** A sign-in begins: Alice's epochs are read, and then her password is checked. */
export async function readEpochs(world: World, process: number): Promise<void> {
  world.change(process, { epochs: await world.subjects.epochs(ALICE), arrivedStep: world.step });
  world.tell(() => 'a sign-in reads the epoch of Alice, and checks her password');
}

/** The sign-in is opened under the epoch that was read. The answer goes to `holder`. */
export const openFamily = (holder: number) => async (world: World, process: number) => {
  const epochs = world.process(process).epochs!;
  const overtaken = world.subjects.epochOf(ALICE) !== epochs.epoch;
  const token = await open(world, epochs);
  world.end(process);
  if (token !== undefined && overtaken) {
    note(world, { acceptedAfterRevocation: true });
    report(world, 'I4', () => 'a sign-in whose password was checked before revoke-all was opened after it');
  }
  if (token === undefined && !overtaken) {
    report(world, 'I2', () => 'a sign-in was refused though nothing had ended');
  }
  world.held[holder] = token ?? '';
  world.tell(() => (token === undefined ? 'the sign-in is refused' : 'the sign-in is opened'));
};

async function open(
  world: World,
  epochs: { subject: string; epoch: number; globalEpoch: number },
): Promise<string | undefined> {
  const opening = { epochs, methods: ['pwd'], scopes: null, label: null, limit: null };
  const family = await world.service.open(opening, REQUESTER);
  if (family) world.history = opened(world.history, family.id, world.instant);
  return family?.token;
}
