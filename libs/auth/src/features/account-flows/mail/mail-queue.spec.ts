import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { AccountMail } from './account-mailer.js';
import { MailQueue, type MailWork } from './mail-queue.js';

const mail = (to: string): AccountMail => ({
  id: to,
  kind: 'reset-password',
  to,
  link: 'https://api.example.com/#token=secret',
  code: null,
  locale: null,
  expiresAt: null,
  asked: null,
});

describe('the queue of mails', () => {
  let sent: string[];
  let lost: string[];
  let said: string[];
  let send: (one: AccountMail) => Promise<void>;
  let queue: MailQueue;
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  const work = (to: string, ip: string | null = '203.0.113.7', run?: MailWork['run']): MailWork => ({
    kind: 'reset-password',
    subject: to,
    requester: { ip, userAgent: null },
    run: run ?? (async (post) => void (await post(mail(to)))),
  });
  const start = (waitUntil: ((one: Promise<void>) => void) | null = null) => {
    const events = { record: (event: object) => void lost.push(textOf(event)) };
    return new MailQueue({ send: (one) => send(one) }, events, waitUntil);
  };
  const textOf = (event: object): string => {
    const { type, subject, reason } = event as { type: string; subject: string; reason: string };
    return `${type} ${subject} ${reason}`;
  };
  beforeEach(() => {
    jest.useFakeTimers();
    [sent, lost, said] = [[], [], []];
    send = async ({ to }) => void sent.push(to);
    jest.spyOn(Logger.prototype, 'error').mockImplementation((text) => void said.push(String(text)));
    queue = start();
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('begins once the present turn of the event loop is over', async () => {
    let ran = false;
    queue.add(work('ada', null, async () => void (ran = true)));
    await Promise.resolve();
    expect(ran).toBe(false);
    await pass(1);
    expect(ran).toBe(true);
  });

  it('tries three times: at once, 5 seconds and a minute later', async () => {
    let tries = 0;
    send = async () => {
      if (++tries < 3) throw new Error('not now');
      sent.push('ada');
    };
    queue.add(work('ada'));
    await pass(4_999);
    expect(tries).toBe(1);
    await pass(2);
    expect(tries).toBe(2);
    await pass(59_990);
    expect(tries).toBe(2);
    await pass(20);
    expect([tries, sent, lost]).toEqual([3, ['ada'], []]);
  });

  it('gives up after the third try, says so in an event and tells the work', async () => {
    send = async () => {
      throw Object.assign(new Error('https://api.example.com/#token=secret'), { code: 'ECONNREFUSED' });
    };
    let wasSent: boolean | undefined;
    queue.add(work('ada', null, async (post) => void (wasSent = await post(mail('ada')))));
    await pass(70_000);
    expect([wasSent, lost]).toEqual([false, ['account-flows.mail_lost ada failed']]);
    expect(said).toEqual(['a mail (reset-password) was not sent, in three tries: Error ECONNREFUSED']);
  });

  it.each([
    [
      'throws at once',
      () => {
        throw new Error('no');
      },
    ],
    ['never answers', () => new Promise<void>(() => undefined)],
    ['throws what is no Error', () => Promise.reject('no' as never)],
  ])('loses nothing in silence when the mailer %s', async (_, mailer) => {
    send = mailer as typeof send;
    queue.add(work('ada'));
    await pass(200_000);
    expect(lost).toEqual(['account-flows.mail_lost ada failed']);
    send = async ({ to }) => void sent.push(to);
    queue.add(work('bob'));
    await pass(1);
    expect(sent).toEqual(['bob']);
  });

  it('does the work again when it fails before anything was sent, and never after that', async () => {
    let [before, after] = [0, 0];
    queue.add(
      work('ada', null, async (post) => {
        if (++before < 3) throw new Error('the store is away');
        await post(mail('ada'));
      }),
    );
    queue.add(
      work('bob', null, async (post) => {
        after++;
        await post(mail('bob'));
        throw new Error('the store is away');
      }),
    );
    await pass(70_000);
    expect([before, after, sent]).toEqual([3, 1, ['bob', 'ada']]);
    expect(lost).toEqual(['account-flows.mail_lost bob failed']);
  });

  it('keeps no place while it waits for the next try', async () => {
    send = async ({ to }) => {
      if (to === 'down') throw new Error('not now');
      sent.push(to);
    };
    for (let i = 0; i < 50; i++) queue.add(work('down'));
    await pass(10);
    queue.add(work('ada'));
    await pass(10);
    expect(sent).toEqual(['ada']);
  });

  it('lets addresses take turns', async () => {
    const open: (() => void)[] = [];
    const order: string[] = [];
    send = ({ to }) => {
      order.push(to);
      return new Promise((done) => open.push(done));
    };
    for (let i = 0; i < 60; i++) queue.add(work(`flood ${i}`));
    queue.add(work('ada', '198.51.100.1'));
    queue.add(work('bob', '2001:db8:1:1::1'));
    queue.add(work('carl', '2001:db8:1:1::2'));
    await pass(1);
    expect(order).toHaveLength(8);
    expect(order.slice(0, 5)).toEqual(['flood 0', 'ada', 'bob', 'flood 1', 'carl']);
    while (order.length < 63) {
      open.splice(0).forEach((done) => done());
      await pass(1);
    }
    expect(new Set(order).size).toBe(63);
  });

  it('has bounds: for one address, and for all', async () => {
    send = () => new Promise(() => undefined);
    for (let i = 0; i < 101; i++) queue.add(work(`a${i}`));
    expect(lost).toEqual(['account-flows.mail_lost a100 full']);
    for (let i = 0; i < 901; i++) queue.add(work(`b${i}`, `203.0.${i % 250}.${i % 100}`));
    expect(lost.slice(1)).toEqual(['account-flows.mail_lost b900 full']);
  });

  it('counts clients behind a proxy that is not trusted as one', () => {
    const shared = (i: number): MailWork => ({
      ...work(`s${i}`),
      requester: { ip: '10.0.0.1', userAgent: null, sharesAddress: true },
    });
    for (let i = 0; i < 101; i++) queue.add(shared(i));
    queue.add(work('ada', '10.0.0.1'));
    expect(lost).toEqual(['account-flows.mail_lost s100 full']);
  });

  it('hands the platform a promise of each work, in the call that asked for it', async () => {
    const works: Promise<void>[] = [];
    queue = start((one) => void works.push(one));
    let done = 0;
    for (const to of ['ada', 'bob']) queue.add(work(to));
    for (const one of works) void one.then(() => done++);
    expect([works.length, done]).toEqual([2, 0]);
    await pass(1);
    expect([sent.length, done]).toEqual([2, 2]);
    queue = start(() => {
      throw new Error('outside of a request');
    });
    queue.add(work('carl'));
    await pass(1);
    expect(sent).toContain('carl');
    expect(said).toEqual(['"account-flows.waitUntil" failed: Error']);
  });

  describe('at shutdown', () => {
    it('finishes what waits, without the pauses between tries', async () => {
      let tries = 0;
      send = async ({ to }) => {
        if (++tries < 3) throw new Error('not now');
        sent.push(to);
      };
      queue.add(work('ada'));
      await pass(10);
      const stopped = queue.onModuleDestroy();
      await pass(100);
      await stopped;
      expect([sent, tries]).toEqual([['ada'], 3]);
    });

    it('waits ten seconds at most, then tells of all that is lost', async () => {
      send = () => new Promise(() => undefined);
      for (let i = 0; i < 10; i++) queue.add(work(`a${i}`));
      await pass(1);
      let isOver = false;
      void queue
        .onModuleDestroy()
        .then(() => queue.beforeApplicationShutdown())
        .then(() => (isOver = true));
      await pass(9_000);
      expect(isOver).toBe(false);
      await pass(2_000);
      expect(isOver).toBe(true);
      const all = [...Array(10).keys()].map((i) => `account-flows.mail_lost a${i} shutdown`);
      expect(lost).toEqual(all);
      // The first tries end by now: nothing is told twice.
      await pass(60_000);
      expect(lost).toEqual(all);
      queue.add(work('late'));
      expect(lost).toContain('account-flows.mail_lost late shutdown');
    });
  });
});
