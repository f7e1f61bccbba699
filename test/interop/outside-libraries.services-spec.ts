import { describe } from '@jest/globals';
import { BELOW_THE_EDGE } from '../support/test-app.js';
import { interoperates } from './interoperates.js';
import { CRYPT_JWT, PYJWT } from './outside-libraries.js';

describe.each(BELOW_THE_EDGE)('access tokens on %s, and', (adapter) => {
  interoperates([PYJWT, CRYPT_JWT], adapter);
});
