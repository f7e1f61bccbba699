import { OURS, type Rule } from './model-store.js';
import { type Again, RivalStore, type RivalToken } from './rival-store.js';

/**
 * Strict single use: a token that was exchanged is never exchanged again, and who tries revokes the family. It is the
 * letter of RFC 9700, section 4.14.2, and what authorization servers do whose grace period or leeway is 0, most by default.
 */
class StrictSingleUse extends RivalStore {
  protected again(): Again {
    return 'theft';
  }
}

/**
 * Sibling-minting grace: within the grace period after its first exchange a token is exchanged again, for a token of
 * its own that is valid beside the first. What servers do that keep hashes alone and so cannot give the first answer
 * again; Ory Hydra's graceful rotation and the overlap that Curity and Cognito offer are of this kind.
 */
class SiblingMintingGrace extends RivalStore {
  protected again({ usedAt }: RivalToken, at: number, windowMs: number): Again {
    return at - usedAt! <= windowMs ? 'sibling' : 'theft';
  }
}

/**
 * Sliding grace: a token is answered with the successor that it was exchanged for, as long as that is unused and the
 * last such answer is no older than the grace period. What comes of keeping answers in a cache whose entries live on
 * with every hit, or of measuring the period from a token's last use.
 */
class SlidingGrace extends RivalStore {
  protected again({ lastUsedAt }: RivalToken, at: number, windowMs: number, unused: boolean): Again {
    return unused && at - lastUsedAt <= windowMs ? 'same' : 'theft';
  }
}

const rule = (
  name: string,
  Store: new (...args: ConstructorParameters<typeof StrictSingleUse>) => RivalStore,
): Rule => ({ name, store: (subjects, clock) => new Store(subjects, clock) });

/** The rule of this package, which leads, and those that it is compared with. */
export const RULES: readonly [Rule, ...Rule[]] = [
  OURS,
  rule('strict single use', StrictSingleUse),
  rule('sibling-minting grace', SiblingMintingGrace),
  rule('sliding grace', SlidingGrace),
];
