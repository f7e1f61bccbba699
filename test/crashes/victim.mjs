// A process that rotates until it is killed.
import { Logger } from '@nestjs/common';
import { outcome, refreshNode } from './refresh-node.mjs';

Logger.overrideLogger(false);
let node;

async function warmUp() {
  let { token } = await node.signIn('warm-up');
  for (let i = 0; i < 12; i++) ({ token } = await node.refresh(token, { userAgent: null }));
}

const commands = {
  async start(connection) {
    node = await refreshNode(connection);
    // Until every connection is there, and the code is as fast as it gets in a process of some age.
    await Promise.all(Array.from({ length: connection.poolSize ?? 1 }, warmUp));
    return {};
  },
  refresh: (...args) => node.refresh(...args),
  stepUp: (...args) => node.stepUp(...args),
  revoke: (...args) => node.revoke(...args),
};

process.on('message', async ({ id, call: [command, ...args] }) => {
  process.send({ id, value: await outcome(commands[command](...args)) });
});
process.on('disconnect', () => process.exit());
