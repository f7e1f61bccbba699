/**
 * The store of docs/writing-a-store.md, as it is written there, on PostgreSQL: its harness and its node:test file, and what
 * becomes of a process whose connections are cut.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authStoresContract } from 'nestjs-aerie/testing';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { type BuiltWorkspace, buildWorkspace } from '../support/build-output.js';
import { runToEnd } from '../support/processes.js';
import { freshPrefix, POSTGRES_URL } from '../support/test-databases.js';
import { writeHarness, writeStore, writeTest } from './written-store.js';

const CASES = authStoresContract(() => {
  throw new Error('only their names are asked for');
});

describe('the store of the page', () => {
  const schema = `${freshPrefix()}stores`;
  let sources: string;
  let workspace: BuiltWorkspace;
  let source: DataSource;
  let output: string;
  let url: URL;
  beforeAll(async () => {
    sources = await mkdtemp(join(tmpdir(), 'aerie-store-'));
    await writeStore(sources);
    workspace = await buildWorkspace();
    source = await new DataSource({ type: 'postgres', url: POSTGRES_URL }).initialize();
    await source.query(`create schema ${schema}`);
    output = await workspace.emit(sources);
    await writeHarness(output);
    await copyFile(join(import.meta.dirname, 'store-stories.mjs'), join(output, 'store-stories.mjs'));
    url = new URL(POSTGRES_URL);
    url.searchParams.set('options', `-c search_path=${schema}`);
  }, 60_000);
  afterAll(async () => {
    await source.query(`drop schema ${schema} cascade`);
    await source.destroy();
    await workspace.remove();
    await rm(sources, { recursive: true, force: true });
  });

  it('holds every sentence of the contract', async () => {
    const file = await writeTest(output, 'node');
    const { stdout, stderr } = await runToEnd(process.execPath, ['--test', '--test-reporter=tap', file], {
      cwd: output,
      env: { DATABASE_URL: url.href },
    });
    const failed = stdout.split('\n').filter((line) => /^\s*not ok/.test(line));
    expect({ failed, stderr }).toEqual({ failed: [], stderr: '' });
    expect(/^# pass (\d+)$/m.exec(stdout)?.[1]).toBe(String(CASES.length));
  }, 120_000);

  it('asks for a database of its own', async () => {
    const { code, stderr } = await runToEnd(process.execPath, ['harness.mjs'], {
      cwd: output,
      env: { DATABASE_URL: '' },
    });
    expect(code).toBe(1);
    expect(stderr).toContain('DATABASE_URL must name a database of its own');
  });

  /** What a story saw, which its process prints at its end: it must get there. */
  async function story(name: string): Promise<unknown> {
    const { code, stdout, stderr } = await runToEnd(process.execPath, ['store-stories.mjs'], {
      cwd: output,
      env: { DATABASE_URL: url.href, STORY: name, STORY_NAME: schema },
    });
    if (code !== 0) throw new Error(`the process ended with ${code}\n${stderr}`);
    return JSON.parse(stdout);
  }

  it('outlives an idle connection', async () => {
    expect(await story('idle')).toEqual({ next: 'answered' });
  });

  it.each(['between statements', 'within a statement'])('outlives a connection cut %s', async (when) => {
    expect(await story(when)).toEqual({ cut: 'StoreUnavailableError', next: 'answered' });
  });

  it('waits for no answer longer than its deadline', async () => {
    expect(await story('no answer')).toEqual({ late: 'StoreUnavailableError', next: 'answered' });
  });

  it('sweeps the oldest first, on its indexes', async () => {
    const { plan, ...seen } = (await story('a backlog')) as { plan: string[] };
    expect(seen).toEqual({ swept: 500, oldest: 501 });
    const text = plan.join('\n');
    expect(text).toMatch(/Index Scan using sign_in_expires_at[^]*Index Cond: \(expires_at < /);
    expect(text).toMatch(/sign_in_pkey/);
    expect(text).not.toContain('Seq Scan');
  });
});
