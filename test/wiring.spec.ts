/**
 * Wiring that must not compile, and wiring that must: provide() checks a factory against its tokens. Each pair of
 * dependencies in the library is swapped in `wiring/swapped-pairs.proofs-spec.ts`.
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { ROOT, typeErrors } from './support/type-errors.js';

const PREAMBLE = `
import { nullable, provide, typed } from '../libs/auth/src/wiring/provide.js';
abstract class Clock { abstract now(): number }
class Keys { readonly secret = ''; }
class Feed { constructor(readonly clock: Clock) {} isFresh() { return this.clock.now() > 0; } }
class Codec { constructor(readonly keys: Keys, readonly clock: Clock) {} }
const AREA = typed<string>('area');
const BARE = Symbol('bare');
`;

const RIGHT: Record<string, string> = {
  'parameters that are typed by the list': `provide(Codec, [Keys, Clock], (keys, clock) => new Codec(keys, clock));`,
  'a function of its own': `const make = (keys: Keys, clock: Clock) => new Codec(keys, clock); provide(Codec, [Keys, Clock], make);`,
  'a factory that needs less than the list has': `provide(Keys, [Clock], () => new Keys());`,
  'a promise': `provide(Keys, [], async () => new Keys());`,
  'null from a nullable token': `provide(nullable(Feed), [Clock], (clock) => (clock.now() > 0 ? new Feed(clock) : null));`,
  'a nullable token whose null is handled': `provide(Keys, [nullable(Feed)], (feed) => { feed?.isFresh(); return new Keys(); });`,
  'an optional token whose lack is handled': `provide(Keys, [{ token: Feed, optional: true }], (feed) => { feed?.isFresh(); return new Keys(); });`,
  'a typed string': `provide(AREA, [AREA], (area) => area.trim());`,
  'a bare symbol': `provide(BARE, [BARE], (value) => typeof value === 'string' && value.trim());`,
};

const WRONG: Record<string, readonly [text: string, said: RegExp]> = {
  'a swapped pair': [
    `provide(Codec, [Clock, Keys], (keys, clock) => new Codec(keys, clock));`,
    /'Clock' is not assignable to parameter of type 'Keys'/,
  ],
  'a swapped pair of a function of its own': [
    `const make = (keys: Keys, clock: Clock) => new Codec(keys, clock); provide(Codec, [Clock, Keys], make);`,
    /'secret' is missing in type 'Clock'/,
  ],
  'a missing dependency': [
    `provide(Codec, [Keys], (keys, clock: Clock) => new Codec(keys, clock));`,
    /Target signature provides too few arguments/,
  ],
  'a factory of another type': [`provide(Feed, [Keys], (keys) => keys);`, /Type 'Keys' is not assignable/],
  'a factory of a wider type': [
    `provide(Codec, [Keys], (keys): { readonly keys: Keys } => ({ keys }));`,
    /'clock' is missing/,
  ],
  'null from a token that is not nullable': [
    `provide(Feed, [Clock], (clock) => (clock.now() > 0 ? new Feed(clock) : null));`,
    /'null' is not assignable/,
  ],
  'a nullable token that is used unseen': [
    `provide(Keys, [nullable(Feed)], (feed) => { feed.isFresh(); return new Keys(); });`,
    /'feed' is possibly 'null'/,
  ],
  'a nullable token that is handed on unseen': [
    `provide(Codec, [nullable(Keys), Clock], (keys, clock) => new Codec(keys, clock));`,
    /'Keys \| null' is not assignable/,
  ],
  'an optional token that is used unseen': [
    `provide(Keys, [{ token: Feed, optional: true }], (feed) => { feed.isFresh(); return new Keys(); });`,
    /'feed' is possibly 'undefined'/,
  ],
  'another type from a typed string': [`provide(AREA, [], () => 1);`, /'number' is not assignable/],
  'a bare symbol that is used unseen': [
    `provide(Keys, [BARE], (value) => { value.trim(); return new Keys(); });`,
    /'value' is of type 'unknown'/,
  ],
  'a token that is none': [`provide(Keys, [1], () => new Keys());`, /'number' is not assignable/],
};

const snippet = (group: string, index: number) => join(ROOT, 'test', `${group}-${index}.wiring-snippet.ts`);
describe('wiring', () => {
  const right = Object.entries(RIGHT).map(
    ([name, text], index) => [name, snippet('right', index), text] as const,
  );
  const wrong = Object.entries(WRONG).map(
    ([name, [text, said]], index) => [name, snippet('wrong', index), said, text] as const,
  );
  let errors: Map<string, string[]>;

  beforeAll(() => {
    errors = typeErrors(
      new Map([
        ...right.map(([, path, text]) => [path, PREAMBLE + text] as const),
        ...wrong.map(([, path, , text]) => [path, PREAMBLE + text] as const),
      ]),
    );
  }, 180_000);

  it.each(right)('takes %s', (_name, path) => {
    expect(errors.get(path)).toEqual([]);
  });

  it.each(wrong)('refuses %s', (_name, path, said) => {
    expect(errors.get(path)).toEqual([expect.stringMatching(said)]);
  });
});
