import { describe } from '@jest/globals';
import { ADAPTERS } from '../support/test-app.js';
import { interoperates } from './interoperates.js';
import { CRYPT_JWT, PYJWT } from './outside-libraries.js';

describe.each(ADAPTERS)('access tokens on %s, and', (adapter) => {
  interoperates([PYJWT, CRYPT_JWT], adapter);
});
