import { describe } from '@jest/globals';
import { BELOW_THE_EDGE } from '../support/test-app.js';
import { interoperates } from './interoperates.js';
import { FAST_JWT, JOSE, JSONWEBTOKEN } from './npm-libraries.js';

describe.each(BELOW_THE_EDGE)('access tokens on %s, and', (adapter) => {
  interoperates([JSONWEBTOKEN, FAST_JWT, JOSE], adapter);
});
