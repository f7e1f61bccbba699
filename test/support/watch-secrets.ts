/** Runs before every file of tests (`jest.config.mjs`): no secret may be seen while it runs. */
import { afterAll, afterEach } from '@jest/globals';
import { secretWatch } from './secret-watch.js';

secretWatch.install();
afterEach(() => secretWatch.expectNone());
// What was said in a `beforeAll` without a test, or after the last one.
afterAll(() => {
  secretWatch.uninstall();
  secretWatch.expectNone();
});
