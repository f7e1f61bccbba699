import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAM } from './browser.js';

/**
 * Opens an address in a Chromium that is not driven: Playwright switches prerendering off in the pages that it watches. The
 * script of the page is all that acts. Gives a function that ends it.
 */
export async function openUnwatched(url: string): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'aerie-chromium-'));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-dev-shm-usage'];
  // Without a debugging port, headless Chromium prints its page and ends.
  const args = [...flags, '--remote-debugging-port=0', `--user-data-dir=${folder}`, url];
  const child = spawn(PROGRAM, args, { stdio: 'ignore' });
  const started = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new Error(`${PROGRAM} does not start: ${error.message}`)));
  });
  await started;
  return async () => {
    if (child.exitCode === null) {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
}
