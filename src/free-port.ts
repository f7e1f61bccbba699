import { createServer } from 'node:net';

/**
 * Throws if the port is taken. It runs before the application starts, because an application that finds its port taken later
 * has made tables and keys by then.
 */
export async function assertPortIsFree(host: string, port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(`cannot listen on ${host}:${port} (${error.code}): choose another PORT or HOST`)),
    );
    probe.listen(port, host, resolve);
  });
  await new Promise((closed) => probe.close(closed));
}
