import jwt from 'jsonwebtoken';
import { createHash } from 'node:crypto';

export const JWT_SECRET = 'a former secret of at least thirty-two bytes';

/** Refresh tokens as applications wrote them: a JWT, whose hash is kept beside the user. */
export class FormerTokenUsers {
  readonly hashes = new Map<string, string>();
  private made = 0;

  /** A new token of this user, which replaces the one before. */
  issue(user: string, options: jwt.SignOptions = { expiresIn: '7d' }, secret = JWT_SECRET): string {
    const token = jwt.sign({ sub: user, n: this.made++ }, secret, options);
    this.keep(user, token);
    return token;
  }

  /** From now on this is the token that the user has. */
  keep(user: string, token: string): void {
    this.hashes.set(user, hashOf(token));
  }

  readonly isCurrent = (user: unknown, token: string): boolean =>
    this.hashes.get(String(user)) === hashOf(token);
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
