// The mailer of docs/account-flows.md, with nodemailer, against an SMTP server on this machine.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AddressInfo } from 'node:net';
import type { AccountMailer } from 'nestjs-aerie/account-flows';
import { SMTPServer } from 'smtp-server';
import { documentedModule } from '../support/documented-module.js';
import { until } from '../support/until.js';
import { freshAddress, loginStatus, NEXT_PASSWORD, startFlows } from './places.js';

interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

describe('a mailer of nodemailer', () => {
  const received: Received[] = [];
  /** How the next mails are refused, once each. */
  const refusals: Error[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const refusal = refusals.shift();
        if (refusal) return done(refusal);
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          // Quoted-printable: a long line is broken with "=" at its end.
          text: Buffer.concat(chunks).toString().replace(/=\r\n/g, '').replace(/=3D/gi, '='),
        });
        done();
      });
    },
  });
  let mailer: AccountMailer;
  let given: string | undefined;
  beforeAll(async () => {
    await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
    given = process.env['SMTP_URL'];
    process.env['SMTP_URL'] = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
    const { SmtpMailer } = await documentedModule('docs/account-flows.md', 'smtp-mailer');
    mailer = new SmtpMailer() as AccountMailer;
  });
  afterAll(async () => {
    if (given === undefined) delete process.env['SMTP_URL'];
    else process.env['SMTP_URL'] = given;
    await new Promise<void>((closed) => server.close(() => closed()));
  });

  it('sends a link that a reader of the mail can use', async () => {
    const places = await startFlows({}, { mailer });
    const ada = freshAddress();
    await places.users.addVerified(ada);
    const headers = {
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    };
    await places.app.client().post('/auth/password/forgot', { json: { identifier: ada }, headers });
    await places.mailer.settled();
    const mail = received.find(({ to }) => to.includes(ada))!;
    expect([mail.from, mail.to]).toEqual(['no-reply@example.com', [ada]]);
    expect(mail.text).toContain('Subject: Choose a new password for Example');
    expect(mail.text).toMatch(/Message-ID: <[\w-]{36}@example\.com>/i);
    expect(mail.text).toContain('with Firefox');
    const link = /https:\/\/api\.example\.com\/auth\/password\/reset#token=[\w-]+/.exec(mail.text)![0];
    const token = new URLSearchParams(new URL(link).hash.slice(1)).get('token');
    const json = { token, password: NEXT_PASSWORD };
    expect((await places.app.client().post('/auth/password/reset', { json })).status).toBe(204);
    expect(await loginStatus(places, ada, NEXT_PASSWORD)).toBe(200);
    await places.close();
  });

  it('is tried again when the server refuses a mail for now', async () => {
    const places = await startFlows({}, { mailer });
    const ada = freshAddress();
    await places.users.addVerified(ada);
    refusals.push(Object.assign(new Error('try again later'), { responseCode: 451 }));
    await places.app.client().post('/auth/password/forgot', { json: { identifier: ada } });
    await until('the first try was refused', () => refusals.length === 0);
    // A shutdown does not wait between the tries.
    await places.close();
    expect(received.filter(({ to }) => to.includes(ada))).toHaveLength(1);
    expect(places.app.events.filter(({ type }) => type === 'account-flows.mail_lost')).toEqual([]);
  });
});
