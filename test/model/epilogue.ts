import { note, report } from './judge.js';
import { OPTIONS } from './model-options.js';
import {
  answer,
  arrive,
  type Caller,
  decide,
  directory,
  read,
  type RequestStep,
  send,
} from './request-steps.js';
import type { Scenario } from './scenario.js';
import type { World } from './world.js';

const PAST_THE_WINDOW = OPTIONS.replayWindowMs + 1_000;
const STEPS: readonly RequestStep[] = [send, arrive, read, directory, decide, answer];
const USUAL = { stepUp: false, keepsOld: false };
/** The schedule is over: its processes are not needed any more. */
const PROCESS = 0;

/**
 * How every schedule ends: the directory is back; all present what they hold at once, and again when the window has
 * passed, the thief first; holders of different tokens then use them in turn, far apart, so that two live
 * chains show; and the first token of all is presented once more, after which nothing may work.
 */
export async function epilogue(world: World, { holdings }: Scenario, firstToken: string): Promise<void> {
  if (world.directory === 'down') world.directory = 'up';
  world.tell(() => '-- in the end, all present what they hold');
  const callers = holdings.map((holding): Caller => ({ ...USUAL, ...holding }));
  for (const caller of callers) await present(world, caller);

  world.tell(() => '-- and again, when the window has passed');
  world.now += PAST_THE_WINDOW;
  const accepted: Caller[] = [];
  for (const caller of callers.toReversed()) if (await present(world, caller)) accepted.push(caller);
  await separate(world, accepted);

  world.tell(() => '-- and the first token of all is presented again');
  world.now += PAST_THE_WINDOW;
  world.step++;
  const { held } = world;
  world.held = [...held, firstToken];
  const old = { ...USUAL, who: 'an old copy', holder: held.length, thief: true, keyed: false };
  await present(world, old);
  for (const caller of callers) await present(world, caller);
  checkRevocations(world);
}

/** I1: of those who hold different tokens of one family, at most one can go on. */
async function separate(world: World, callers: readonly Caller[]): Promise<void> {
  for (const { id } of world.history.families) {
    let chains: readonly Caller[] = callers.filter(
      ({ holder }, index) =>
        familyOf(world.held[holder]!) === id &&
        callers.findIndex((other) => world.held[other.holder] === world.held[holder]) === index,
    );
    if (chains.length < 2) continue;
    world.tell(() => '-- they hold different tokens, and use them in turn');
    for (let turn = 0; turn < 2; turn++) {
      const going: Caller[] = [];
      for (const caller of chains) {
        world.now += PAST_THE_WINDOW;
        if (await present(world, caller)) going.push(caller);
      }
      chains = going;
    }
    if (chains.length < 2) continue;
    const who = chains.map((caller) => caller.who).join(' and ');
    report(world, 'I1', () => `${who} both go on, with tokens of their own`);
    if (chains.some(({ thief }) => thief) && chains.some(({ thief }) => !thief)) {
      note(world, { silentTheft: true });
    }
  }
}

/** A whole refresh in one go; whether a token was handed out. */
async function present(world: World, caller: Caller): Promise<boolean> {
  world.step++;
  world.processes[PROCESS] = undefined;
  for (const step of STEPS) {
    const done = step(world, PROCESS, caller);
    if (done) await done;
    if (world.process(PROCESS).ended) break;
  }
  return world.process(PROCESS).answer !== undefined;
}

/** A revocation is announced once, and nothing else is. */
function checkRevocations(world: World): void {
  for (const { id, revoked } of world.history.families) {
    const times = world.store.announced.filter((announced) => announced === id).length;
    if (times !== (revoked ? 1 : 0)) {
      report(world, 'I4', () => `a ${revoked ? 'revoked' : 'live'} family was announced ${times} times`);
    }
  }
}

function familyOf(token: string): string {
  return token.slice(0, token.indexOf('/'));
}
