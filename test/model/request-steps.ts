import { RefreshTokenInvalidError } from '../../libs/auth/src/errors/auth-error.js';
import type { Requester } from '../../libs/auth/src/principal/requester.js';
import { revoked } from './history.js';
import { judge, report, type Result } from './judge.js';
import { OPTIONS } from './model-options.js';
import { tokenName } from './story.js';
import { ALICE, type World } from './world.js';

/** Who makes a request, and how. */
export interface Caller {
  readonly who: string;
  /** Whose token it presents, and who gets the answer: an index of the world's holders. */
  readonly holder: number;
  readonly thief: boolean;
  /** It sends an Idempotency-Key: one per refresh token, made when it stored the token. */
  readonly keyed: boolean;
  readonly stepUp: boolean;
  /** It throws the answer away, and goes on with what it has: a thief who keeps the token that was stolen. */
  readonly keepsOld: boolean;
}

/** One step of a request: what happens in one go, between two points where others may act. */
export type RequestStep = (world: World, process: number, caller: Caller) => Promise<void> | void;

/** The client puts what it holds now on the wire. */
export function send(world: World, process: number, { who, holder }: Caller): void {
  const token = world.held[holder]!;
  if (token === '') return world.end(process);
  world.change(process, { token });
  world.tell(() => `${who} sends ${tokenName(world, token)}`);
}

/** The server takes the time of arrival: from here on, waiting makes no request older. */
export function arrive(world: World, process: number, { who }: Caller): void {
  world.change(process, { arrivedAt: world.now, arrivedStep: world.step });
  world.tell(() => `${who}'s request arrives`);
}

/** Form, tag, and the one read; dead families are refused here. As `TokenRefresh.present` does. */
export async function read(world: World, process: number, caller: Caller): Promise<void> {
  const { token } = world.process(process);
  const requester = requesterOf(world, process);
  const parsed = world.service.parse(token, requester);
  try {
    const reading = await world.service.read(parsed, requester);
    checkLimits(world, reading.row);
    world.change(process, { parsed, reading });
    world.tell(() => `the server reads the family for ${caller.who}`);
  } catch (error) {
    refuse(world, process, caller, reasonOf(error));
  }
}

/** The user directory is asked, between the read and the guarded statement. */
export function directory(world: World, process: number, caller: Caller): void {
  if (world.directory === 'down') {
    world.end(process);
    world.tell(() => `the directory does not answer: ${caller.who} gets 503`);
  } else if (world.directory === 'gone') {
    world.store.endSubject(ALICE, 'subject_gone');
    world.history = revoked(world.history, undefined);
    refuse(world, process, caller, 'subject_gone');
  }
}

/** The guarded statement, which alone decides (or the re-keying, for a step-up). */
export async function decide(world: World, process: number, caller: Caller): Promise<void> {
  const { token, parsed, reading } = world.process(process);
  const requester = requesterOf(world, process);
  try {
    const held = caller.stepUp
      ? (await world.service.rekey(parsed!, reading!.row, { methods: ['pwd', 'otp'] }, requester)).held
      : await world.service.rotate(parsed!, reading!, keyOf(caller, token), requester);
    judged(world, process, caller, { successor: held.token });
    world.change(process, { answer: held.token });
    world.tell(() => {
      const names = `${tokenName(world, token)} for ${tokenName(world, held.token)}`;
      return `the server exchanges ${names}, for ${caller.who}`;
    });
  } catch (error) {
    refuse(world, process, caller, reasonOf(error));
  }
}

/** The answer reaches the client, which stores it whatever it held before. */
export function answer(world: World, process: number, { who, holder, keepsOld }: Caller): void {
  const { answer: token } = world.process(process);
  if (!keepsOld) world.held[holder] = token!;
  world.end(process);
  world.tell(() => `${who} receives ${tokenName(world, token!)}`);
}

/** The key is made with the token, so a retry carries it again. */
function keyOf({ keyed }: Caller, token: string): string | null {
  return keyed ? `the key that was made with ${token}` : null;
}

function requesterOf(world: World, process: number): Requester {
  const { arrivedAt } = world.process(process);
  return { ip: null, userAgent: null, waitedMs: () => world.now - arrivedAt };
}

function refuse(world: World, process: number, caller: Caller, refused: string): void {
  judged(world, process, caller, { refused });
  world.end(process);
  world.tell(() => {
    const name = tokenName(world, world.process(process).token);
    return refused === 'reused'
      ? `${name} of ${caller.who} is taken for stolen: the family is REVOKED`
      : `${caller.who} is refused ${name} (${refused})`;
  });
}

function judged(world: World, process: number, { who, thief, keyed, stepUp }: Caller, result: Result): void {
  const { token, arrivedAt, arrivedStep } = world.process(process);
  const [familyId] = token.split('/');
  const key = keyed && !stepUp ? token : null;
  judge(world, { who, thief, stepUp, token, familyId: familyId!, key, arrivedAt, arrivedStep }, result);
}

function reasonOf(error: unknown): string {
  if (error instanceof RefreshTokenInvalidError) return error.reason;
  throw error;
}

/** I5, on every row that is read. */
function checkLimits(world: World, row: { id: string; expiresAt: number; idleExpiresAt: number }): void {
  const family = world.history.families.find(({ id }) => id === row.id)!;
  const limit = family.openedAt + OPTIONS.absoluteMs;
  if (row.expiresAt !== limit || row.idleExpiresAt > limit) {
    report(world, 'I5', () => `the limit moved by ${row.expiresAt - limit} ms`);
  }
  const idle = Math.min(family.usedAt + OPTIONS.idleMs, limit);
  if (row.idleExpiresAt !== idle) {
    report(world, 'I5', () => `the idle limit is ${row.idleExpiresAt - idle} ms off`);
  }
}
