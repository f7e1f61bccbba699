// What the parent knows of a family: every token that was ever handed out, and what may still happen to it.
const SECRET_AT = 20;

/** The generation that a refresh token says it is of. */
export function generationOf(token) {
  return Buffer.from(token.slice('rt1_'.length), 'base64url').readUInt32BE(SECRET_AT - 4);
}

export class Family {
  /** Every token of the family, the oldest first. */
  tokens = [];
  /** What an honest client got for a token, so that a second answer can be held against it. */
  successors = new Map();
  /** Why no token works any more; null: the honest client's does. */
  ended = null;
  /** When (on the parent's count of events) the answer that ended it had arrived. */
  endedAt = Infinity;
  /** How many callers were told of a reuse. */
  reused = 0;

  constructor(id, subject, token) {
    this.id = id;
    this.subject = subject;
    this.held = token;
    this.tokens.push(token);
  }

  get generation() {
    return Math.max(...this.tokens.map(generationOf));
  }

  /** Tokens that are not the current one's parent, nor current: a thief's. */
  get ancestors() {
    const current = generationOf(this.held);
    return this.tokens.filter((token) => generationOf(token) < current - 1);
  }

  get parents() {
    const parent = generationOf(this.held) - 1;
    return this.tokens.filter((token) => generationOf(token) === parent);
  }

  hold(token) {
    if (!this.tokens.includes(token)) this.tokens.push(token);
    this.held = token;
  }

  end(why, at) {
    this.ended ??= why;
    this.endedAt = Math.min(this.endedAt, at);
  }
}
