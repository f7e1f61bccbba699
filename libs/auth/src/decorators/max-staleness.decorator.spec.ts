import { describe, expect, it } from '@jest/globals';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { MaxStaleness } from './max-staleness.decorator.js';

describe('@MaxStaleness', () => {
  it.each(['0s', '250ms', '60s'] as const)('takes %s', (duration) => {
    expect(MaxStaleness(duration)).toBeInstanceOf(Function);
  });

  it.each(['61s', '1d', '-1s', '5', 'soon', 5, undefined])(
    'refuses %j when the class is defined',
    (given) => {
      expect(() => MaxStaleness(given as never)).toThrow(AuthConfigError);
    },
  );
});
