import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Outbox, type OutboxMail } from '../../src/mail/outbox.js';
import { demoMails } from './demo-mails.js';

demoMails('sqlite');

describe('the outbox of the demo', () => {
  let folder: string;
  let outbox: Outbox;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'outbox-'));
    outbox = new Outbox(folder);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const mail = (change: Partial<OutboxMail> = {}): OutboxMail => ({
    kind: 'code',
    to: 'ada@example.com',
    subject: 'Your code',
    text: 'Type it.',
    secret: 'BCDF-GHJK',
    ...change,
  });

  it('gives the mail of a kind to an address, once, and lists it all the same', async () => {
    outbox.put(randomUUID(), mail());
    outbox.put(randomUUID(), mail({ to: 'bob@example.com', secret: 'of bob' }));
    outbox.put(randomUUID(), mail({ kind: 'magic-link', secret: 'a link' }));
    expect(await outbox.open('code', 'ada@example.com', 0)).toEqual(mail());
    expect(await outbox.open('code', 'ada@example.com', 0)).toBeNull();
    expect(outbox.list()).toHaveLength(3);
  });

  it('waits for a mail that is not there yet', async () => {
    const opened = outbox.open('code', 'ada@example.com', 5_000);
    outbox.put(randomUUID(), mail());
    expect(await opened).toEqual(mail());
  });

  it('keeps two hundred, which its owner alone can read', async () => {
    for (let i = 0; i < 203; i++) outbox.put(randomUUID(), mail({ secret: `${i}` }));
    const names = await readdir(folder);
    expect(names).toHaveLength(200);
    expect((await stat(join(folder, names[0]!))).mode & 0o777).toBe(0o600);
  });
});
