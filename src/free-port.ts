import { createServer } from 'node:net';

/**
 * Throws when the address cannot be listened on. Asked before the application starts: one that finds its port taken at the
 * end has made tables and keys by then.
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
