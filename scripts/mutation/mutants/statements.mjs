import { mutantsOf } from './mutants-of.mjs';

const DATABASES = ['sqlite', 'postgres', 'mariadb'];

/** The statements: no more than a real database shows. */
export const STATEMENT_MUTANTS = [
  ...mutantsOf('sql/stores/family-statements.ts', DATABASES, [
    [
      'a token rotates whatever its generation',
      ' and ${c.generation} = ${generation} and',
      ' and ${generation} >= 0 and',
    ],
    ['a token rotates whatever its hash', ' and ${c.currentHash} = ${hash}', ` and ${'${hash}'} <> ''`],
    [
      'revoked rows are rotated',
      '      and ${c.revokedAt} is null and ${c.expiresAt} > ${arrived}',
      '      and ${c.expiresAt} > ${arrived}',
    ],
    ['rows past their idle limit are rotated', ' and ${c.idleExpiresAt} > ${arrived}`', '`'],
    [
      'a token that waited is held against its limit',
      '${nowMs} - ${Math.round(attempt.waitedMs())}',
      '${nowMs} - ${0 * attempt.waitedMs()}',
    ],
    [
      'previous_hash is set after current_hash',
      '${c.previousHash} = ${c.currentHash}, ${c.currentHash} = ${attempt.successorHash},',
      '${c.currentHash} = ${attempt.successorHash}, ${c.previousHash} = ${c.currentHash},',
      ['mariadb'],
    ],
    ['the parent is not remembered', '${c.previousHash} = ${c.currentHash}, ', ''],
    [
      'expires_at moves with the rotation',
      '${c.replays} = 0,',
      '${c.replays} = 0, ${c.expiresAt} = ${nowMs} + ${attempt.idleMs},',
    ],
    [
      'the idle limit goes beyond the absolute one',
      '${attempt.idleMs}, ${c.expiresAt})',
      '${attempt.idleMs}, ${c.expiresAt} * 2)',
    ],
    [
      'the idle limit does not move with the rotation',
      '${c.idleExpiresAt} = ${least}(',
      '${c.idleExpiresAt} = ${least}(${c.idleExpiresAt}, ',
    ],
    ['a rotation leaves the former salt', '${c.salt} = ${attempt.salt}, ', ''],
    [
      'the key of an attempt outlives the rotation',
      '${c.attemptHash} = ${attemptHash}',
      '${c.attemptHash} = coalesce(${attemptHash}, ${c.attemptHash})',
    ],
    ['the count of replays outlives the rotation', '${c.replays} = 0, ', ''],
    ['replaced tokens outlive the rotation', `\${c.replacedHashes} = '', `, ''],
    ['the instant of a replacement outlives the rotation', '${c.replacedAt} = null, ', ''],
    ['a replay window once closed stays closed', '${c.replayClosed} = ${false},', ''],
    [
      'the user agent stays that of the sign-in',
      '${c.userAgent} = ${userAgent}',
      '${c.userAgent} = coalesce(${c.userAgent}, ${userAgent})',
    ],
    [
      'what is revoked can be revoked again',
      '${c.id} = ${familyId} and ${c.revokedAt} is null',
      '${c.id} = ${familyId}',
    ],
    [
      'what is past its idle limit can be revoked',
      '      and ${c.idleExpiresAt} > ${nowMs}${ofSubject}',
      '      ${ofSubject}',
    ],
    ['a family of another subject can be revoked', 'subject === undefined ?', `subject !== '' ?`],
    [
      'a revocation reaches every family',
      'where ${c.id} = ${familyId} and ${c.revokedAt} is null and',
      `where \${familyId} <> '' and \${c.revokedAt} is null and`,
    ],
    ['a decision changes every row', 'where ${column.id} = ${id}`', `where \${id} <> ''\``],
    [
      'a reading tells the epoch of the sign-in for the present one',
      '${this.subjects.epochOf(sql`f.${column.subject}`)}',
      'f.${column.subjectEpoch}',
    ],
  ]),
  ...mutantsOf('sql/stores/sql-refresh-token-family-store.ts', DATABASES, [
    [
      'the sweeper deletes what is idle',
      'column.id, column.expiresAt, limit',
      'column.id, column.idleExpiresAt, limit',
    ],
    [
      'the sweeper deletes what was ended long ago',
      'column.id, column.expiresAt, limit',
      'column.id, column.revokedAt, limit',
    ],
    ['the sweeper deletes without a limit', 'column.expiresAt, limit)', 'column.expiresAt, limit * 1_000)'],
    ['the sweeper never deletes', 'column.expiresAt, limit)', 'column.expiresAt, limit - limit)'],
  ]),
  ...mutantsOf('sql/sign-ins/sql-subject-ending.ts', DATABASES, [
    ['the end of a subject leaves its epoch', '    yield* this.changing(subject);\n    return', '    return'],
    [
      'the end of a subject is that of every subject',
      'sql`${c.subject} = ${subjectKey(subject)} and ${c.revokedAt}',
      `sql\`\${subjectKey(subject)} <> '' and \${c.revokedAt}`,
    ],
    ['the end of a subject ends again what was ended', ' and ${c.revokedAt} is null${others}', '${others}'],
    [
      'the end of a subject is not announced',
      'yield* this.revocations.writeEach(ids,',
      'if (rows.length < 0) yield* this.revocations.writeEach(ids,',
    ],
    [
      'the end of a subject forgets its refresh tokens',
      'for (const table of this.tables) ended',
      'for (const table of this.tables.slice(0, 1)) ended',
    ],
  ]),
  ...mutantsOf('sql/stores/sql-sign-in-registry.ts', DATABASES, [
    [
      'a change of credentials leaves their version',
      "this.endings.changing(subject, 'credentials')",
      'this.endings.changing(subject)',
    ],
  ]),
  ...mutantsOf('sql/stores/sql-subject-store.ts', DATABASES, [
    ['the version of credentials moves with every end', "change === 'credentials' ?", "change !== 'none' ?"],
    [
      'several changes of credentials at once are one',
      'const moved = (version: Sql): Sql => sql`${version} = ${greatest}(${version} + 1, ${nowMs})`;',
      'const moved = (version: Sql): Sql => sql`${version} = ${greatest}(${version} + 0, ${nowMs})`;',
    ],
  ]),
  ...mutantsOf('sql/stores/sql-session-store.ts', DATABASES, [
    [
      'data is written whatever its version',
      ' and ${c.version} = ${version} and ${this.live()}',
      ' and ${version} >= 0 and ${this.live()}',
      [...DATABASES, 'session data'],
    ],
    [
      'data is written to a session that has ended',
      ' and ${c.version} = ${version} and ${this.live()}',
      ' and ${c.version} = ${version}',
      // Not the race: its writes read the session first, which has ended by then. The contract writes without a read.
    ],
    [
      'the version of data stays',
      '${c.version} = ${c.version} + 1 where',
      '${c.version} = ${c.version} + 0 where',
    ],
    [
      'data outlives the end of everything',
      '      and ${c.globalEpoch} >= ${this.subjects.globalEpoch()}`',
      '`',
    ],
    [
      'data outlives the idle limit',
      'sql`${c.revokedAt} is null and ${c.expiresAt} > ${nowMs} and ${c.idleExpiresAt} > ${nowMs}',
      'sql`${c.revokedAt} is null and ${c.expiresAt} > ${nowMs}',
    ],
  ]),
];
