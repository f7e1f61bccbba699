import { createClient } from 'redis';

/** No answer came within the time that was given. */
export class NoAnswerError extends Error {}

/** One command on a connection of its own. Throws NoAnswerError when the server is silent, else what it or the connection says. */
export async function redisCommand(
  port: number,
  command: readonly string[],
  withinMs: number,
): Promise<unknown> {
  const client = createClient({
    socket: { host: '127.0.0.1', port, reconnectStrategy: false },
  });
  client.on('error', () => undefined);
  let late: NodeJS.Timeout | undefined;
  const silent = new Promise<never>((_, reject) => {
    const error = new NoAnswerError(`${command[0]} had no answer within ${withinMs} ms`);
    late = setTimeout(() => reject(error), withinMs);
  });
  const answered = client.connect().then(() => client.sendCommand([...command]));
  // Whichever loses may fail afterwards.
  answered.catch(() => undefined);
  try {
    return await Promise.race([answered, silent]);
  } finally {
    clearTimeout(late);
    // It throws for one that is closed.
    if (client.isOpen) client.destroy();
  }
}
