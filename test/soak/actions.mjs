// What clients, thieves and operators do, and which answers the protocol allows them. See docs/refresh-families.md.
import { randomBytes, randomUUID } from 'node:crypto';
import { ENDINGS, ENDING_WEIGHTS } from './endings.mjs';
import { THEFTS, THEFT_WEIGHTS } from './thefts.mjs';

const SECOND = 1_000;
/** Inside the replay window of 30 s, with room for a slow machine. */
export const WITHIN = 20 * SECOND;
/** Past it. */
export const PAST = 31 * SECOND;

const key = () => randomUUID();

const HONEST = {
  /** A client that refreshes one at a time. */
  async singleFlight(episode, family, random) {
    for (let left = random.between(4, 24); left > 0; left--) {
      const options = random.chance(0.3) ? { idempotencyKey: key() } : {};
      family.hold((await episode.refresh(family, family.held, options)).token);
    }
  },

  /** Tabs that share a token, and refresh all at once. */
  async tabs(episode, family, random) {
    const answers = await Promise.all(episode.tabs(family, random.between(2, 8)));
    for (const answer of answers) episode.honest(answer);
    family.hold(answers[0].token);
  },

  /** All of a person's devices at the same time, each with two tabs. */
  async devices(episode) {
    const presented = episode.live.map((family) => ({ family, answers: episode.tabs(family, 2) }));
    for (const { family, answers } of presented) {
      for (const answer of await Promise.all(answers)) {
        episode.honest(answer);
        family.hold(answer.token);
      }
    }
  },

  /** The answer does not arrive, and the client asks again in time, with its key or without. */
  async lostAnswer(episode, family, random) {
    const idempotencyKey = key();
    const sent = random.chance(0.5) ? { idempotencyKey } : {};
    const presented = family.held;
    const lost = await episode.refresh(family, presented, sent);
    if (random.chance(0.5)) await episode.age(family, random.between(1, WITHIN / SECOND) * SECOND);
    const again = random.chance(0.5) ? sent : {};
    const { token } = await episode.refresh(family, presented, again);
    if (token !== lost.token) episode.wrong('a retry in time was given another successor');
    family.hold(token);
  },

  /** It comes back after the window, with its key: the unused successor is replaced. */
  async lateRetry(episode, family, random) {
    const idempotencyKey = key();
    const presented = family.held;
    const lost = [(await episode.refresh(family, presented, { idempotencyKey })).token];
    for (let times = random.between(1, 2); times > 0; times--) {
      await episode.age(family, PAST + random.between(0, 1_500) * SECOND);
      const answers = await Promise.all(
        Array.from({ length: random.between(1, 3) }, () =>
          episode.present(family, presented, { idempotencyKey, late: true }),
        ),
      );
      for (const answer of answers) episode.honest(answer);
      const { token } = answers[0];
      if (answers.some((answer) => answer.token !== token))
        episode.wrong('late retries were told different tokens');
      if (lost.includes(token)) episode.wrong('a late retry was given the token that was lost');
      episode.run.count('late retries');
      lost.push(token);
      family.hold(token);
    }
  },

  /** A second factor, alone or while other tabs refresh: exactly one of them moves the family. */
  async stepUp(episode, family, random) {
    const presented = family.held;
    const tabs = episode.tabs(family, random.chance(0.5) ? 0 : random.between(1, 4));
    const stepUp = episode.call('stepUp', [family.subject, presented]);
    const answers = await Promise.all(tabs);
    const stepped = await stepUp;
    episode.honest(stepped, ['ok', 'superseded']);
    if (stepped.ok) {
      episode.run.count('step-ups');
      for (const answer of answers) episode.honest(answer, ['superseded']);
      family.successors.set(presented, stepped.token);
      family.hold(stepped.token);
      episode.honest(await episode.present(family, presented), ['superseded']);
    } else {
      if (answers.length === 0)
        episode.wrong('a step-up with the current token was superseded, and no other answer superseded it');
      for (const answer of answers) episode.honest(answer);
      family.hold(answers[0].token);
    }
  },

  /** The directory is away: nothing moves, and the same token goes on afterwards. */
  async outage(episode, family, random) {
    await episode.directorySays('away');
    for (const answer of await Promise.all(episode.tabs(family, random.between(1, 3)))) {
      if (answer.word !== 'AUTH_STORE_UNAVAILABLE') episode.wrong(`an outage was answered ${answer.word}`);
      episode.run.count('503 in an outage');
    }
    await episode.directorySays(null);
    family.hold((await episode.refresh(family)).token);
  },

  /** Roles change while every client refreshes: no client notices. */
  async rolesChanged(episode, family, random) {
    const answers = episode.tabs(family, random.between(1, 4));
    await episode.must('rolesChanged', family.subject);
    for (const answer of await Promise.all(answers)) {
      episode.honest(answer);
      family.hold(answer.token);
    }
  },

  async sweep(episode, family) {
    const answers = episode.tabs(family, 2);
    await episode.must('sweep');
    for (const answer of await Promise.all(answers)) {
      episode.honest(answer);
      family.hold(answer.token);
    }
  },

  /** A token that was never handed out: refused, and nothing changes. */
  async malformed(episode, family, random) {
    const at = random.between(4, family.held.length - 2);
    const other = family.held[at] === 'A' ? 'B' : 'A';
    const values = [
      family.held.slice(0, at) + other + family.held.slice(at + 1),
      `rt1_${randomBytes(68).toString('base64url')}`,
      family.held.slice(0, -1),
      `${family.held}A`,
      '',
    ];
    const answers = await Promise.all(
      values.map((value) => episode.call('refresh', [value, { measured: true }])),
    );
    for (const answer of answers) {
      if (answer.word !== 'malformed') episode.wrong(`a made-up token was answered ${answer.word}`);
    }
    family.hold((await episode.refresh(family)).token);
  },
};

export const ACTIONS = { ...HONEST, ...THEFTS, ...ENDINGS };

export const WEIGHTS = {
  singleFlight: 30,
  tabs: 14,
  devices: 8,
  lostAnswer: 12,
  lateRetry: 8,
  stepUp: 6,
  outage: 2,
  rolesChanged: 4,
  sweep: 1,
  malformed: 2,
  ...THEFT_WEIGHTS,
  ...ENDING_WEIGHTS,
};
