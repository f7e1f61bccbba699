import { mutantsOf } from './mutants-of.mjs';

const STEP = (name) => `const step = ${name}(row, attempt, this.clock.now(), attempt.waitedMs()`;
const REUSED = `if (outcome.kind !== 'reused') return;\n    this.revocations.write('sign_in', row.id);`;
const SWEPT = 'filter(({ expiresAt }) => expiresAt < now)';

/** The reference implementation. */
export const MEMORY_MUTANTS = [
  ...mutantsOf(
    'testing/memory/memory-refresh-token-family-store.ts',
    ['memory'],
    [
      [
        'the epoch is not compared at the sign-in',
        `if (this.subjects.epochOf(epochs.subject) !== epochs.epoch) return { opened: false, reason: 'changed' };`,
        '',
      ],
      [
        'a reading tells the epoch of the sign-in for the present one',
        'subjectEpochNow: this.subjects.epochOf(row.subject)',
        'subjectEpochNow: row.subjectEpoch',
      ],
      [
        'something is awaited between the decision and its writing',
        `${STEP('rotationTransition')});`,
        `${STEP('rotationTransition')});\n    await null;`,
      ],
      [
        'something is awaited in a re-keying',
        'return this.rekeyNow(attempt);',
        'const row = this.rows.get(attempt.familyId);\n    await null;\n    if (row) this.rows.put(row);\n    return this.rekeyNow(attempt);',
      ],
      [
        'the epoch of a changed subject is not kept',
        ', attempt.waitedMs(), subjectEpoch);',
        ', attempt.waitedMs());',
      ],
      ['the end of a subject leaves its epoch', 'this.subjects.advance(subject)', '0'],
      ['reuse is not announced', REUSED, `if (outcome.kind !== 'reused') return;`],
      ['reuse is announced twice', REUSED, `${REUSED}\n    this.revocations.write('sign_in', row.id);`],
      [
        'revoke-subject ends the family alone',
        `if (attempt.onReuse === 'revoke-subject') this`,
        `if (attempt.onReuse !== attempt.onReuse) this`,
      ],
      ['revoke-family ends the whole subject', `if (attempt.onReuse === 'revoke-subject') this`, 'this'],
    ],
  ),
  ...mutantsOf(
    'testing/memory/memory-sign-ins.ts',
    ['memory'],
    [
      [
        'what is past its limit, or revoked, can be revoked',
        'if (!row || !isLive(row, this.clock.now())) return false;',
        'if (!row) return false;',
      ],
      [
        'a family of another subject can be revoked',
        'if (subject !== undefined && row.subject !== subject) return false;',
        '',
      ],
      ['the sweeper deletes what is idle', SWEPT, 'filter(({ idleExpiresAt }) => idleExpiresAt < now)'],
      [
        'the sweeper deletes what is revoked',
        SWEPT,
        'filter(({ expiresAt, revokedAt }) => expiresAt < now || revokedAt !== null)',
      ],
      ['the sweeper deletes without a limit', '.slice(0, limit)', ''],
      ['the sweeper never deletes', 'for (const { id } of past) this.rows.delete(id);', ''],
      [
        'the end of a subject is that of every subject',
        'filter((row) => row.subject === subject)',
        'filter((row) => row.subject !== null)',
      ],
      [
        'the end of a subject ends again what was ended',
        'revokedAt === null && !spared.includes(id)',
        '!spared.includes(id)',
      ],
      [
        'the end of the others ends the kept one',
        'revokedAt === null && !spared.includes(id)',
        'revokedAt === null',
      ],
      ['a revocation is not announced', `    this.revocations.write('sign_in', row.id);\n`, ''],
    ],
  ),
  ...mutantsOf(
    'subjects/sign-in-limit.ts',
    ['memory'],
    [
      ['what is revoked can be revoked again', 'return row.revokedAt === null && ', 'return '],
      [
        'what is past its idle limit can be revoked',
        ' && now < row.idleExpiresAt && now < row.expiresAt;',
        ' && now < row.expiresAt;',
      ],
    ],
  ),
  ...mutantsOf(
    'testing/memory/memory-session-store.ts',
    ['memory'],
    [
      ['data is written whatever its version', "if (row.version !== version) return 'moved';", ''],
      ['data outlives its session', 'row && isLive(row, this.clock.now()) && row', 'row && row'],
    ],
  ),
];
