// Node.js 24.19 and later 24 abort when an object of better-sqlite3 12 is collected that was compiled with their headers.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuiltWorkspace, buildWorkspace } from '../support/build-output.js';
import { runToEnd } from '../support/processes.js';

describe('a host that leaves databases of better-sqlite3 12 unclosed', () => {
  let workspace: BuiltWorkspace;
  beforeAll(async () => {
    workspace = await buildWorkspace();
  }, 60_000);
  afterAll(() => workspace?.remove());

  it('lives on when they are collected', async () => {
    const program = join(workspace.folder, 'collected-objects.mjs');
    await copyFile(join(import.meta.dirname, 'collected-objects.mjs'), program);
    const url = pathToFileURL(join(workspace.folder, 'node_modules/nestjs-aerie/dist/index.js')).href;
    const end = await runToEnd(process.execPath, ['--max-semi-space-size=1', program, url], {
      cwd: workspace.folder,
    });
    expect(end).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/(still here|was not compiled for this Node\.js)\n$/),
    });
  }, 60_000);
});
