import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { buildPage } from '../../scripts/build-page.mjs';
import { createApp } from '../../src/create-app.js';
import { demoConfig } from '../../src/demo-config.js';
import { HttpClient } from '../support/http-client.js';
import { type Adapter, SECRET } from '../support/test-app.js';

export interface PageApp {
  readonly app: INestApplication;
  readonly url: string;
  /** A client with a cookie jar of its own. */
  client(): HttpClient;
  close(): Promise<void>;
}

/** The demo with its page, built from the sources as they are now, on a database in memory and a free port of loopback. */
export async function startPage(adapter: Adapter, env: NodeJS.ProcessEnv = {}): Promise<PageApp> {
  const folder = mkdtempSync(join(tmpdir(), 'page-'));
  buildPage(join(folder, 'page'));
  const defaults = { HTTP_ADAPTER: adapter, DATABASE_URL: 'sqlite::memory:', AUTH_SECRET: SECRET, PORT: '0' };
  const config = demoConfig({ ...defaults, OUTBOX: join(folder, 'outbox'), ...env });
  const app = await createApp({ ...config, page: join(folder, 'page') });
  await app.listen(config.port, '127.0.0.1');
  const url = (await app.getUrl()).replace(/\/$/, '');
  return {
    app,
    url,
    client: () => new HttpClient(url),
    close: async () => {
      await app.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
