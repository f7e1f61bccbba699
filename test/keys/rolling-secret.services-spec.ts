import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Nodes } from '../support/nodes.js';
import type { Credentials, TestNode } from '../support/test-node.js';

// Processes start: a limit that only a hang reaches.
jest.setTimeout(180_000);

const OLD = 'the old secret, thirty-two bytes long at the least';
const NEW = 'the new secret, thirty-two bytes long at the least';

/** One device: it refreshes, and uses what it holds on whatever node is there. */
class Device {
  private constructor(
    private readonly subject: string,
    private tokens: Credentials,
    private session: Credentials,
  ) {}

  static async on(node: TestNode): Promise<Device> {
    const subject = randomUUID();
    return new Device(subject, await node.signIn(subject, 'tokens'), await node.signIn(subject, 'session'));
  }

  /** Its session reaches `sessions.absolute`, and it signs in once more: a session's tag is of the day that it began. */
  async beginsANewSession(node: TestNode): Promise<void> {
    this.session = await node.signIn(this.subject, 'session');
  }

  /** Everything it holds is good on this node, a new access token included. */
  async isServedBy(node: TestNode): Promise<void> {
    expect((await node.request('/jwt', { credentials: this.tokens })).status).toBe(200);
    expect((await node.request('/session', { credentials: this.session })).status).toBe(200);
    const { status, body } = await node.refresh(this.tokens);
    expect(status).toBe(200);
    this.tokens = {
      ...this.tokens,
      accessToken: body.access_token as string,
      refreshToken: body.refresh_token as string,
    };
  }
}

/** What each database does of it, the contract of its SigningKeyStore tells. */
describe('a secret that is rolled in three steps', () => {
  let nodes: Nodes | undefined;
  afterEach(() => nodes?.close());

  it('signs no user out while two processes are deployed one after the other', async () => {
    nodes = await Nodes.start(2, { database: 'postgres', options: { secret: OLD } });
    const [one, other] = nodes.all as [TestNode, TestNode];
    const devices = [await Device.on(one), await Device.on(other)];
    const everyoneIsServed = async () => {
      for (const device of devices) for (const node of [one, other]) await device.isServedBy(node);
    };
    const sealed = async () =>
      (await nodes!.query<{ sealed_key: string }>((p) => `select sealed_key from ${p}auth_signing_key`)).map(
        (row) => row.sealed_key,
      );
    const before = await sealed();
    expect(before).toHaveLength(1);
    await everyoneIsServed();
    for (const secret of [[OLD, NEW], [NEW, OLD], [NEW]]) {
      // The last step waits for as long as any session that the old secret tagged.
      if (secret.length === 1) for (const device of devices) await device.beginsANewSession(one);
      for (const node of [one, other]) {
        await node.redeploy({ secret });
        // Processes of two steps beside each other.
        await everyoneIsServed();
        devices.push(await Device.on(node));
      }
    }
    // The same key, under another seal: the last processes opened it without the old secret.
    const after = await sealed();
    expect(after).toHaveLength(1);
    expect(after[0]).not.toBe(before[0]);
    expect(nodes.logs.filter((line) => line.includes('cannot be decrypted'))).toEqual([]);
  });

  it('does not start a process that lacks the secret, and leaves the others as they are', async () => {
    nodes = await Nodes.start(2, { database: 'mariadb', options: { secret: OLD } });
    const [one, other] = nodes.all as [TestNode, TestNode];
    const device = await Device.on(one);
    await expect(other.redeploy({ secret: NEW })).rejects.toThrow();
    expect(nodes.logs.join('\n')).toContain(
      '"secret" must contain the secret that encrypted the signing keys',
    );
    await device.isServedBy(one);
    await other.redeploy({ secret: [NEW, OLD] });
    await device.isServedBy(other);
  });
});
