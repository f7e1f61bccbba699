// Every answer of the built-in routes in the end-to-end tests is as the document describes it: whatever they do, and on both adapters.
import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const FLAGS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
/** The suites of the built-in routes. */
const SUITES = [
  'access-cookie',
  'access-tokens',
  'account-flows',
  'attacks',
  'attempts',
  'former-sign-ins',
  'handover',
  'nest-integration',
  'refresh',
  'resource-server',
  'revocation',
  'service-tokens',
  'sessions',
  'sign-in',
];

describe('the answers of the built-in routes', () => {
  it.each(SUITES)(
    'are as they are described, in test/%s',
    async (folder) => {
      const jest = [
        'node_modules/jest/bin/jest.js',
        '--selectProjects',
        'suites',
        '-w',
        '1',
        `test/${folder}/`,
      ];
      const child = spawn(process.execPath, [...FLAGS, ...jest], {
        cwd: ROOT,
        env: { ...process.env, DESCRIBED_ANSWERS: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      child.stdout.on('data', (part) => (output += String(part)));
      child.stderr.on('data', (part) => (output += String(part)));
      const [code] = (await once(child, 'close')) as [number];
      const failed = output
        .split('\n')
        .filter((line) => /✕|is not described|not as described|sets cookies|Tests:/.test(line));
      expect({ code, failed }).toEqual({ code: 0, failed: [expect.stringMatching(/Tests: .* passed/)] });
    },
    600_000,
  );
});
