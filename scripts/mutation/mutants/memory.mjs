import { mutantsOf } from './mutants-of.mjs';

/** The reference implementation. */
export const MEMORY_MUTANTS = mutantsOf(
  'testing/memory-refresh-token-family-store.ts',
  ['memory'],
  [
    [
      'the epoch is not compared at the sign-in',
      'if (this.subjects.epochOf(epochs.subject) !== epochs.epoch) return { opened: false };',
      '',
    ],
    [
      'a reading tells the epoch of the sign-in for the present one',
      'subjectEpochNow: this.subjects.epochOf(row.subject)',
      'subjectEpochNow: row.subjectEpoch',
    ],
    [
      'something is awaited between the decision and its writing',
      'const step = rotationStep(row, attempt, this.clock.now(), attempt.waitedMs());',
      'const step = rotationStep(row, attempt, this.clock.now(), attempt.waitedMs());\n    await null;',
    ],
    [
      'something is awaited in a re-keying',
      'const step = rekeyStep(row, attempt, this.clock.now(), attempt.waitedMs());',
      'const step = rekeyStep(row, attempt, this.clock.now(), attempt.waitedMs());\n    await null;',
    ],
    ['what is revoked can be revoked again', 'row.revokedAt !== null || now >=', 'now >='],
    ['what is past its idle limit can be revoked', ' || now >= row.idleExpiresAt', ''],
    [
      'a family of another subject can be revoked',
      'if (subject !== undefined && row.subject !== subject) return false;',
      '',
    ],
    [
      'the sweeper deletes what is idle',
      'filter(({ expiresAt }) => expiresAt < now)',
      'filter(({ idleExpiresAt }) => idleExpiresAt < now)',
    ],
    [
      'the sweeper deletes what is revoked',
      'filter(({ expiresAt }) => expiresAt < now)',
      'filter(({ expiresAt, revokedAt }) => expiresAt < now || revokedAt !== null)',
    ],
    ['the sweeper deletes without a limit', '.slice(0, limit)', ''],
    ['the sweeper never deletes', 'this.rows.delete(id)', 'this.rows.get(id)'],
    ['the end of a subject leaves its epoch', 'this.subjects.advance(subject);', ''],
    [
      'the end of a subject is that of every subject',
      'row.subject === subject && row.revokedAt',
      'row.revokedAt',
    ],
    ['the end of a subject ends again what was ended', ' && row.revokedAt === null) this.end', ') this.end'],
    [
      'reuse is not announced',
      `if (outcome.kind !== 'reused') return;\n    this.announced.push(row.id);`,
      `if (outcome.kind !== 'reused') return;`,
    ],
    [
      'reuse is announced twice',
      `if (outcome.kind !== 'reused') return;\n    this.announced.push(row.id);`,
      `if (outcome.kind !== 'reused') return;\n    this.announced.push(row.id, row.id);`,
    ],
    [
      'a revocation is not announced',
      `revokedReason: reason });\n    this.announced.push(row.id);`,
      'revokedReason: reason });',
    ],
    [
      'revoke-subject ends the family alone',
      `if (attempt.onReuse === 'revoke-subject') this`,
      `if (attempt.onReuse !== attempt.onReuse) this`,
    ],
    ['revoke-family ends the whole subject', `if (attempt.onReuse === 'revoke-subject') this`, 'this'],
  ],
);
