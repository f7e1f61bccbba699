import { describe, expect, it } from '@jest/globals';
import { DerivedKeys } from './derived-keys.js';

const SECRET = 'a secret of at least thirty-two bytes, for tests';

describe('a key of a purpose', () => {
  it('is of no other purpose and issuer, however they are joined', () => {
    const keys = new DerivedKeys([SECRET], 'https://api.example.com');
    const same = (one: string, other: string): boolean =>
      keys.of(one as 'access-token')[0].equals(keys.of(other as 'access-token')[0]);
    expect(same('terms.link', 'terms.link')).toBe(true);
    expect(same('terms.link', 'access-token')).toBe(false);
    expect(() => keys.of('access-token|https://b.example.com')).toThrow(TypeError);
  });
});
