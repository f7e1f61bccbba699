/** The store of docs/writing-a-store.md, as it is written there: its harness and its node:test file, on PostgreSQL. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authStoresContract } from 'nestjs-aerie/testing';
import { mkdtemp, rm } from 'node:fs/promises';
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
  beforeAll(async () => {
    sources = await mkdtemp(join(tmpdir(), 'aerie-store-'));
    await writeStore(sources);
    workspace = await buildWorkspace();
    source = await new DataSource({ type: 'postgres', url: POSTGRES_URL }).initialize();
    await source.query(`create schema ${schema}`);
  }, 60_000);
  afterAll(async () => {
    await source.query(`drop schema ${schema} cascade`);
    await source.destroy();
    await workspace.remove();
    await rm(sources, { recursive: true, force: true });
  });

  it('holds every sentence of the contract', async () => {
    const output = await workspace.emit(sources);
    await writeHarness(output);
    const file = await writeTest(output, 'node');
    const url = new URL(POSTGRES_URL);
    url.searchParams.set('options', `-c search_path=${schema}`);
    const { stdout, stderr } = await runToEnd(process.execPath, ['--test', '--test-reporter=tap', file], {
      cwd: output,
      env: { DATABASE_URL: url.href },
    });
    const failed = stdout.split('\n').filter((line) => /^\s*not ok/.test(line));
    expect({ failed, stderr }).toEqual({ failed: [], stderr: '' });
    expect(/^# pass (\d+)$/m.exec(stdout)?.[1]).toBe(String(CASES.length));
  }, 120_000);
});
