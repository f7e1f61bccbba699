import { describe, expect, it } from '@jest/globals';
import { Race, SERVERS, tally } from './race.js';

describe.each(SERVERS)('an application without HTTP, on %s', (database) => {
  it('has the service, whatever the routes would be', async () => {
    const race = await Race.start(database, { workers: 1, options: { routes: { path: 'auth' } } });
    try {
      const { token } = await race.signIn();
      expect(tally(await race.run([['refresh', token]]))).toEqual({ ok: 1 });
    } finally {
      await race.stop();
    }
  });
});
