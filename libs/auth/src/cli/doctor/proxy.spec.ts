import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { proxyOf } from './proxy.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aerie-proxy-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const found = (isProduction: boolean) =>
  proxyOf(
    { given: 'dist/app.module.js', file: join(folder, 'app.module.js'), exported: null },
    isProduction,
  ).map(({ level, code, message }) => `${level} ${code} ${message.split(' says')[0]}`);

describe('a proxy that main does not trust', () => {
  it('is nothing where there is no main.js', () => {
    expect(found(true)).toEqual([]);
  });

  it('is a note, and in production a warning', async () => {
    await writeFile(join(folder, 'main.js'), 'await app.listen(3000);');
    expect(found(false)).toEqual(['note trust-proxy dist/main.js']);
    expect(found(true)).toEqual(['warning trust-proxy dist/main.js']);
  });

  it.each(["app.set('trust proxy', 1);", 'new FastifyAdapter({ trustProxy: true });'])(
    'is no matter where main.js has %s',
    async (text) => {
      await writeFile(join(folder, 'main.js'), text);
      expect(found(true)).toEqual([]);
    },
  );
});
