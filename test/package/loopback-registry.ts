import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { run } from '../support/processes.js';

export interface LoopbackRegistry {
  readonly url: string;
  close(): Promise<void>;
}

/** A registry on loopback that has one package, packed from this checkout, and sends for all others where npm is configured to. */
export async function loopbackRegistry(
  tarball: string,
  manifest: { readonly name: string; readonly version: string },
): Promise<LoopbackRegistry> {
  const upstream = (await run('npm', ['config', 'get', 'registry'], { cwd: '/' })).trim();
  const content = await readFile(tarball);
  const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (path === `/${manifest.name}`) {
      const dist = { tarball: `${url}/package.tgz`, integrity };
      const versions = { [manifest.version]: { ...manifest, dist } };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ name: manifest.name, 'dist-tags': { latest: manifest.version }, versions }),
      );
    } else if (path === '/package.tgz') response.end(content);
    else response.writeHead(307, { location: new URL(path.slice(1), upstream).href }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
