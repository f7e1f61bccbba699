// A client and its sign-in: it holds one token, and asks for the next as long as it is answered.
import { randomUUID } from 'node:crypto';

/** Kinds of requests, and how often each is sent. The thief's is no client's, but its family's. */
const KINDS = { refresh: 74, tabs: 10, stepUp: 5, theft: 6, revoke: 5 };
const DROPPED = 0.04;

export class Client {
  #requests = 0;
  /** Tokens of two generations ago and older: what a thief may have. */
  ancestors = [];
  /** The token before the one held, and the attempts that may have exchanged it. */
  parent = null;
  parentAgents = ['sign-in'];
  parentKey = null;
  parentKind = 'signIn';
  /** The request whose answer has not come, and may never. */
  lost = null;
  /** The family was ended, and its end was answered. */
  over = false;
  /** Requests that were answered with something that the protocol does not allow there. */
  wrong = [];

  constructor(id, token) {
    this.id = id;
    this.token = token;
    this.#renewKey();
  }

  /** One key for each token, made when the token is stored. */
  #renewKey() {
    this.idempotencyKey = randomUUID();
  }

  /** Sends one request after the other until an answer stays away. `send` rejects when the process is gone. */
  async goOn(send, random, tally) {
    while (!this.lost && !this.over) {
      const kind = random.weighted(KINDS);
      if (kind === 'theft' && this.ancestors.length === 0) continue;
      const times = kind === 'tabs' ? 3 : 1;
      const agents = Array.from({ length: times }, () => `${this.id}/${++this.#requests}`);
      this.lost = { kind, agents, sentAt: Date.now() };
      const settled = await Promise.allSettled(
        agents.map((userAgent) => this.#request(send, kind, userAgent)),
      );
      const came = settled.flatMap(({ value }) => value ?? []);
      const unavailable = came.filter(({ word }) => word === 'AUTH_STORE_UNAVAILABLE');
      if (unavailable.some(({ undisturbed }) => undisturbed))
        this.wrong.push(`${kind} was answered 503 before any fault`);
      const answers = came.filter((answer) => !unavailable.includes(answer));
      // Also when others of the tabs were not answered.
      this.#judge(kind, answers);
      if (answers.length < times || this.wrong.length > 0) return;
      if (['refresh', 'tabs'].includes(kind) && random.chance(DROPPED)) {
        tally('answers dropped');
        return;
      }
      this.#answered(kind, agents, answers);
      tally('requests answered');
    }
  }

  #request(send, kind, userAgent) {
    const { token, idempotencyKey } = this;
    if (kind === 'theft') return send('refresh', this.ancestors[0], { userAgent });
    if (kind === 'revoke') return send('revoke', this.id);
    if (kind === 'stepUp') return send('stepUp', token, { userAgent });
    return send('refresh', token, { userAgent, idempotencyKey });
  }

  #judge(kind, answers) {
    if (kind === 'theft' || kind === 'revoke') {
      const wrong = answers.find(({ word, ended }) =>
        kind === 'theft' ? word !== 'reused' : ended !== true,
      );
      if (wrong) this.wrong.push(`${kind} was answered ${JSON.stringify(wrong)}`);
      return;
    }
    const refused = answers.find(({ ok }) => !ok);
    const [token, ...others] = new Set(answers.map((answer) => answer.token));
    if (refused) this.wrong.push(`${kind} was refused: ${refused.word}`);
    else if (others.length > 0) this.wrong.push('tabs were given different tokens');
    else if (token) this.lost.told = token;
  }

  #answered(kind, agents, answers) {
    this.lost = null;
    if (kind === 'theft' || kind === 'revoke') this.over = true;
    else this.hold(answers[0].token, kind, agents);
  }

  /** Stores the next token, and how it was got. */
  hold(token, kind, agents) {
    if (this.parent !== null) this.ancestors.push(this.parent);
    this.parent = this.token;
    this.parentAgents = agents;
    this.parentKey = kind === 'stepUp' ? null : this.idempotencyKey;
    this.parentKind = kind;
    this.token = token;
    this.#renewKey();
  }
}
