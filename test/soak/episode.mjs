// One person's sign-ins, from the first to the last: a random schedule of actions, every answer of which is judged.
import { randomUUID } from 'node:crypto';
import { ACTIONS, WEIGHTS } from './actions.mjs';
import { audit } from './audit.mjs';
import { Family, generationOf } from './family.mjs';

export const DEADLINE_MS = 10_000;
/** A refresh is a read, a statement and sometimes a transaction: each has the deadline. */
const HUNG_MS = 3 * DEADLINE_MS + 2_000;
const MAX_LIVE = 4;

/** What a soak must not see. */
export class Violation extends Error {}

export class Episode {
  families = [];
  story = [];
  subject = randomUUID();
  /** What the directory says of the subject. */
  said = null;

  constructor(run, random, index) {
    this.run = run;
    this.random = random;
    this.index = index;
  }

  get live() {
    return this.families.filter(({ ended }) => ended === null);
  }

  async play() {
    const steps = this.random.between(6, 24);
    for (let step = 0; step < steps; step++) {
      if (this.live.length === 0 || (this.live.length < MAX_LIVE && this.random.chance(0.15)))
        await this.signIn();
      const action = this.random.weighted(WEIGHTS);
      this.story.push(`-- ${action}`);
      this.run.count(`action ${action}`);
      await ACTIONS[action](this, this.random.pick(this.live), this.random);
    }
    for (const family of this.families) {
      this.story.push('-- audit');
      await audit(this, family, this.random);
    }
  }

  wrong(what) {
    throw new Violation(what);
  }

  /** One call in a process drawn at random (or in a certain one); what came of it, in a word. */
  call(command, args, worker = this.random.between(0, this.run.workers.length - 1)) {
    return observed(this.#call(command, args, worker));
  }

  async #call(command, args, worker) {
    const began = this.run.now();
    const line = this.story.push('') - 1;
    const told = args.map((arg) => (typeof arg === 'string' ? name(arg) : JSON.stringify(arg))).join(', ');
    this.story[line] = `#${worker} ${command}(${told}) ...`;
    const answer = await inTime(command, this.run.workers[worker].call(command, ...args));
    const word = answer.ok ? 'ok' : (answer.reason ?? answer.code ?? answer.message);
    const got = answer.token ? ` ${name(answer.token)}` : '';
    this.story[line] = `#${worker} ${command}(${told}) -> ${word}${got}, ${Math.round(answer.ms)} ms`;
    this.run.answered(answer.ms);
    if (answer.ms > HUNG_MS) this.wrong(`${command} took ${Math.round(answer.ms)} ms`);
    if (answer.code === 'AUTH_STORE_UNAVAILABLE') {
      this.run.count('503');
      if (this.said !== 'away') {
        this.run.count('503 without an outage');
        this.wrong(`${command} was answered 503, and nothing was out: ${answer.message}`);
      }
    }
    return { ...answer, word, began, arrived: this.run.now() };
  }

  /** A call that has to do what it says. */
  async must(command, ...args) {
    const answer = await this.call(command, args);
    if (!answer.ok) this.wrong(`${command} failed: ${answer.word}`);
    return answer;
  }

  async signIn() {
    const { id, token } = await this.must('signIn', this.subject);
    return this.adopt(id, token);
  }

  adopt(id, token) {
    const family = new Family(id, this.subject, token);
    this.families.push(family);
    this.run.count('families');
    return family;
  }

  /** Presents a token; whatever may be expected of the answer, some answers are always wrong. */
  present(family, token, options = {}) {
    return observed(this.#present(family, token, options));
  }

  async #present(family, token, options) {
    const answer = await this.call('refresh', [token, { measured: true, ...options }]);
    if (answer.word === 'reused') {
      family.reused++;
      this.run.count('reuse detected');
      if (family.reused > 1) this.wrong('two callers were told of a reuse');
      family.end('reuse', answer.arrived);
    }
    if (answer.ok) {
      if (answer.began > family.endedAt)
        this.wrong(`a token worked after the family was ended: ${family.ended}`);
      this.accepted(family, token, answer.token, options.late);
    }
    return answer;
  }

  accepted(family, presented, token, late = false) {
    if (generationOf(token) !== generationOf(presented) + 1)
      this.wrong('a successor is of another generation');
    const before = family.successors.get(presented);
    if (before === undefined) this.run.count('rotations');
    else if (before !== token && !late) this.wrong('a token has two successors');
    family.successors.set(presented, token);
    if (!family.tokens.includes(token)) family.tokens.push(token);
  }

  /** An honest client's presentation: it must be answered, and goes on with what it gets. */
  async refresh(family, token = family.held, options = {}) {
    const answer = await this.present(family, token, options);
    this.honest(answer);
    return answer;
  }

  honest(answer, allowed = ['ok']) {
    if (allowed.includes(answer.word)) return;
    this.run.count('false logouts');
    this.wrong(`an honest client was refused: ${answer.word}`);
  }

  /** Presents a token so many times at once. */
  tabs(family, count, options = {}) {
    return Array.from({ length: count }, () => this.present(family, family.held, options));
  }

  /** A revocation's answer is here: from now on nothing of these families works. */
  ended(families, why) {
    for (const family of families) family.end(why, this.run.now());
  }

  async age(family, ms) {
    this.story.push(`${ms / 1000} s pass for ${family.id}`);
    await this.run.database.age(family.id, ms);
  }

  /** What the directory of every process says of the subject from now on. */
  async directorySays(said) {
    this.said = said;
    const told = this.run.workers.map((worker) => worker.call('directorySays', this.subject, said));
    await inTime('what the directory says', Promise.all(told));
  }
}

/** An answer, or the end of waiting for it. */
export function inTime(command, answer) {
  let late;
  const hung = new Promise((_, reject) => {
    const what = `${command} had no answer within ${HUNG_MS / 1_000} s`;
    late = setTimeout(() => reject(new Violation(what)), HUNG_MS);
  });
  return Promise.race([answer, hung]).finally(() => clearTimeout(late));
}

/** Of several that fail at once only one is waited for; the others are no news. */
function observed(promise) {
  promise.catch(() => undefined);
  return promise;
}

/** A token as it may be shown: its family's beginning, its generation, and the end of it. */
function name(arg) {
  if (!/^rt1_.{80}/.test(arg)) return arg.length > 40 ? `${arg.slice(0, 12)}...` : arg;
  return `${Buffer.from(arg.slice(4, 12), 'base64url').toString('hex').slice(0, 6)}/${generationOf(arg)}/${arg.slice(-5)}`;
}
