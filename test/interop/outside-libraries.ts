import { join } from 'node:path';
import { run } from '../support/processes.js';
import type { JwtLibrary, Outcome } from './jwt-library.js';

/** Answers all jobs in one process of another language. A missing interpreter or library fails, with what it said. */
const inProgram =
  (interpreter: string, program: string): JwtLibrary['answer'] =>
  async (jobs) => {
    const cwd = import.meta.dirname;
    const input = JSON.stringify(jobs);
    const env = { no_proxy: '127.0.0.1', PYTHONDONTWRITEBYTECODE: '1' };
    const printed = await run(interpreter, [join(cwd, program)], { cwd, input, env, timeoutMs: 20_000 });
    return JSON.parse(printed) as Outcome[];
  };

// Those that Debian's packages are for: another one that is first in PATH does not have them.
export const PYJWT: JwtLibrary = {
  name: 'PyJWT',
  lacks: [],
  makesNone: [
    'EdDSA alg: a sibling',
    ...['RS256', 'PS256', 'ES256', 'EdDSA'].map((alg) => `${alg} alg: HS256 under the public key`),
  ],
  answer: inProgram(process.env['TEST_PYTHON'] ?? '/usr/bin/python3', 'pyjwt.py'),
};

export const CRYPT_JWT: JwtLibrary = {
  name: 'Crypt::JWT',
  lacks: [],
  makesNone: ['EdDSA alg: a sibling'],
  answer: inProgram(process.env['TEST_PERL'] ?? '/usr/bin/perl', 'crypt-jwt.pl'),
};
