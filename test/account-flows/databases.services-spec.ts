// The flows on servers: what is decided by affected rows is decided by theirs.
import { describe, expect, it } from '@jest/globals';
import { PASSWORD } from '../support/sign-ins.js';
import { testConnection } from '../support/test-databases.js';
import { inLink } from '../support/test-mailer.js';
import { browserOf, freshAddress, loginStatus, NEXT_PASSWORD, OWN_PAGE, startFlows } from './places.js';

describe.each(['postgres', 'mariadb'] as const)('the flows on %s', (database) => {
  it('take an account from its registration to an undone change of address', async () => {
    const places = await startFlows({ connection: testConnection(database) });
    const [ada, next] = [freshAddress(), freshAddress()];
    await places.users.add(ada);
    const post = (path: string, json: object) => places.app.client().post(`/auth/${path}`, { json });
    const browser = await browserOf(places, ada);
    const asAda = (path: string, json?: object) =>
      browser.post(`/auth/${path}`, { headers: OWN_PAGE, ...(json && { json }) });

    await asAda('email/verify/send');
    const verify = inLink(await places.mailer.last(ada, 'verify-email'));
    expect((await asAda('email/verify', verify)).body).toEqual({ credentials_voided: false });

    await post('password/forgot', { identifier: ada });
    const link = inLink(await places.mailer.last(ada, 'reset-password'));
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => post('password/reset', { ...link, password: NEXT_PASSWORD })),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    // The others: the link is spent, or too many passwords of one address wait to be hashed.
    const codes = answers.filter(({ status }) => status !== 204).map(({ body }) => body.code);
    for (const code of codes) expect(['AUTH_ACTION_TOKEN_INVALID', 'AUTH_PASSWORDS_BUSY']).toContain(code);
    expect(await loginStatus(places, ada, PASSWORD)).toBe(401);

    const again = await browserOf(places, ada, NEXT_PASSWORD);
    await again.post('/auth/email/change', {
      json: { email: next, current_password: NEXT_PASSWORD },
      headers: OWN_PAGE,
    });
    const confirm = inLink(await places.mailer.last(next, 'confirm-email'));
    expect((await post('email/confirm', confirm)).status).toBe(200);
    const undo = inLink(await places.mailer.last(ada, 'email-changed'));
    const undone = await Promise.all(Array.from({ length: 10 }, () => post('email/undo', undo)));
    expect(undone.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(undone.filter(({ status }) => status === 400)).toHaveLength(9);
    expect((await again.get('/auth/me', { headers: OWN_PAGE })).status).toBe(401);

    const last = inLink(await places.mailer.last(ada, 'reset-password'));
    expect((await post('password/reset', { ...last, password: PASSWORD })).status).toBe(204);
    expect(await loginStatus(places, ada, PASSWORD)).toBe(200);
    await places.close();
  });
});
