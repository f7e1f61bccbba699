import { type Family, held, nameOf } from './family.js';
import type { LabAnswer, Laboratory } from './laboratory.js';

/** How a step is marked beside the picture. */
export type Tone = 'plain' | 'good' | 'warning' | 'theft';

/** Where steps are played: it shows them and waits, so that a person can follow. */
export interface Stage {
  readonly laboratory: Laboratory;
  family(): Family;
  change(family: Family): void;
  /** Sends requests to the server, and lets the picture follow what the server reports. Default: one refresh. */
  watch(work: () => Promise<LabAnswer>, refreshes?: number): Promise<LabAnswer>;
  /** One or two sentences, and below them what the server decided in the answers. */
  tell(text: string, tone: Tone, ...answers: readonly LabAnswer[]): Promise<void>;
}

/** One refresh, as every client does when its access token has expired. */
export async function refresh(stage: Stage): Promise<void> {
  const mine = yours(stage);
  const answer = await stage.watch(() => stage.laboratory.present(mine));
  if (!succeeded(answer)) return refused(stage, mine, answer);
  stage.change(held(stage.family(), 'you', answer.generation));
  await stage.tell(
    `You send ${nameOf(mine)}. The server replaces it by ${nameOf(answer.generation)}, and ${nameOf(mine)} is used up. ` +
      'This is called rotation. Half a minute later, the server takes the used-up token for a stolen copy, and refuses it.',
    'good',
    answer,
  );
}

/** Two tabs that share a token, and refresh in the same moment. */
export async function twoTabs(stage: Stage): Promise<void> {
  const mine = yours(stage);
  stage.change(held(stage.family(), 'tab', mine));
  await stage.tell(`Your second tab holds ${nameOf(mine)} too. Both tabs send it now, at once.`, 'plain');
  const both = () => Promise.all([stage.laboratory.present(mine), stage.laboratory.present(mine)]);
  let second: LabAnswer | undefined;
  const first = await stage.watch(async () => {
    const [one, other] = await both();
    second = other;
    return one;
  }, 2);
  if (!succeeded(first)) return refused(stage, mine, first);
  const family = held(stage.family(), 'you', first.generation);
  stage.change(held(family, 'tab', second?.generation ?? null));
  await stage.tell(
    `The first request replaced the token. The second came within 30 seconds, so the server took it for a repeat, ` +
      `and gave it the same ${nameOf(first.generation)}. Both tabs stay signed in, and there is still one good token.`,
    'good',
    first,
    ...(second ? [second] : []),
  );
}

/** An answer that never arrives, as on a train, and the retry after it. */
export async function lostAnswer(stage: Stage): Promise<void> {
  const mine = yours(stage);
  const lost = await stage.watch(() => stage.laboratory.present(mine));
  if (!succeeded(lost)) return refused(stage, mine, lost);
  await stage.tell(
    `You send ${nameOf(mine)}. The server replaces it, but its answer is lost on the way: you still hold ${nameOf(mine)}.`,
    'warning',
    lost,
  );
  const again = await stage.watch(() => stage.laboratory.present(mine));
  if (!succeeded(again)) return refused(stage, mine, again);
  stage.change(held(stage.family(), 'you', again.generation));
  await stage.tell(
    `You try again with ${nameOf(mine)}, within 30 seconds. The server takes it for a retry, and sends the same ` +
      `${nameOf(again.generation)} once more. You stay signed in.`,
    'good',
    again,
  );
}

/** A copied token that is used after the client has moved on by two: theft at once, without waiting for 30 seconds. */
export async function thief(stage: Stage): Promise<void> {
  const { laboratory } = stage;
  const stolen = yours(stage);
  stage.change(held(stage.family(), 'thief', stolen));
  await stage.tell(
    `A thief copies ${nameOf(stolen)} from you. A copy leaves no trace: neither you nor the server can notice.`,
    'warning',
  );
  let mine = stolen;
  for (let time = 0; time < 2; time++) {
    const answer = await stage.watch(() => laboratory.present(mine));
    if (!succeeded(answer)) return refused(stage, mine, answer);
    mine = answer.generation;
    stage.change(held(stage.family(), 'you', mine));
  }
  await stage.tell(
    `You go on as usual, and refresh twice. You hold ${nameOf(mine)} now; the thief still has ${nameOf(stolen)}.`,
    'plain',
  );
  const theft = await stage.watch(() => laboratory.present(stolen));
  await stage.tell(
    `The thief sends ${nameOf(stolen)}. The server has replaced it twice since, so this is no retry: ` +
      'two people hold tokens of one sign-in.',
    'theft',
    theft,
  );
  const own = await stage.watch(() => laboratory.present(mine));
  await stage.tell(
    `The server cannot tell which of the two is you. So it has ended the family, which is all tokens of this sign-in: ` +
      `${nameOf(mine)}, which you hold and which was good a moment ago, is refused as well.`,
    'theft',
    own,
  );
  const access = await stage.watch(() => laboratory.tryAccessToken(), 0);
  await stage.tell(
    'The access token has died with it, long before its 15 minutes are over. The thief has nothing. ' +
      'You sign in again, and know why.',
    'theft',
    access,
  );
}

/** The visitor ends the sign-in from the list of sign-ins; how long it takes is measured. */
export async function endFromHere(stage: Stage): Promise<void> {
  let times = '';
  await stage.watch(async () => {
    const { answeredMs, refusedMs } = await stage.laboratory.end();
    times =
      refusedMs === null
        ? 'The access token was still accepted after 5 seconds.'
        : `The server answered after ${Math.round(answeredMs)} ms. The access token was refused ` +
          `${Math.round(refusedMs)} ms after you pressed.`;
    return { status: 204, code: null, generation: null };
  });
  const access = await stage.watch(() => stage.laboratory.tryAccessToken(), 0);
  await stage.tell(
    `You end this sign-in with the credential of your own, as with a lost phone. ${times} By its own text the ` +
      'access token is good for 15 minutes; the server remembers that its sign-in has ended.',
    'theft',
    access,
  );
}

async function refused(stage: Stage, generation: number, answer: LabAnswer): Promise<void> {
  await stage.tell(
    `The server refuses ${nameOf(generation)}: this sign-in has ended. Open another one.`,
    'theft',
    answer,
  );
}

function yours(stage: Stage): number {
  return stage.family().holders.you ?? stage.family().newest;
}

function succeeded(answer: LabAnswer): answer is LabAnswer & { readonly generation: number } {
  return answer.generation !== null;
}
