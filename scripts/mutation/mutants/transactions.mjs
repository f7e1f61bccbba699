import { mutantsOf } from './mutants-of.mjs';

const DATABASES = ['sqlite', 'postgres', 'mariadb'];

const HOST_CLOCK = DATABASES.map((database) => `${database}, host clock wrong`);

/** What belongs together, and what the number of affected rows says. */
export const TRANSACTION_MUTANTS = [
  ...mutantsOf(
    'sql/stores/sql-refresh-token-family-store.ts',
    ['sqlite', 'postgres', 'mariadb'],
    [
      [
        'the revocation of a token is not announced',
        "yield* this.revocations.write('token', tokenId, now);",
        '',
      ],
      [
        'the end of a family with too many revoked tokens is not announced',
        "revokedReason: TOO_MANY_REVOKED });\n      yield* this.revocations.write('sign_in', familyId, now);",
        'revokedReason: TOO_MANY_REVOKED });',
      ],
      [
        'a family with too many revoked tokens lives on',
        'yield this.statements.update({ id: familyId }, { revokedAt: now, revokedReason: TOO_MANY_REVOKED });',
        '',
      ],
      [
        'a revoked token is not written down',
        'yield this.statements.update({ id: familyId }, { revokedTokens: list });',
        '',
      ],
    ],
  ),
  ...mutantsOf(
    'sql/stores/family-statements.ts',
    ['postgres', 'mariadb'],
    [
      [
        'two revocations of tokens overwrite each other',
        'from ${name} f where f.${c.id} = ${familyId}${forUpdate}`;\n  }\n\n  /** Changes a row',
        'from ${name} f where f.${c.id} = ${familyId}`;\n  }\n\n  /** Changes a row',
      ],
    ],
  ),
  ...mutantsOf('sql/stores/sql-refresh-token-family-store.ts', DATABASES, [
    [
      'affected rows are not checked',
      `if (affected === 1) return { kind: 'rotated' };`,
      `if (affected >= 0) return { kind: 'rotated' };`,
    ],
    [
      'affected rows are not checked under the lock',
      'return affected === 1 ? outcome',
      'return affected >= 0 ? outcome',
    ],
    [
      'affected rows of a revocation are not checked',
      '    return affected === 1;',
      '    return affected >= 0;',
    ],
    [
      'the time that a request waited is not taken off',
      'const waitedMs = Math.round(attempt.waitedMs());',
      'const waitedMs = 0 * attempt.waitedMs();',
    ],
    ['what was decided is not written', 'yield this.statements.update(row, change);', ''],
    ['reuse is not announced', `    yield* this.revocations.write('sign_in', row.id, now);\n`, ''],
    [
      'reuse is announced twice',
      `yield* this.revocations.write('sign_in', row.id, now);`,
      `yield* this.revocations.write('sign_in', row.id, now);\n    yield* this.revocations.write('sign_in', row.id, now);`,
    ],
    [
      'revoke-subject ends the family alone',
      'yield* this.endSubject(row.subject',
      'if (now < 0) yield* this.endSubject(row.subject',
    ],
    [
      'revoke-family ends the whole subject',
      `if (attempt.onReuse === 'revoke-subject') yield* this.endSubject`,
      'yield* this.endSubject',
    ],
    ['a revocation is not announced', 'if (affected === 1) yield*', 'if (affected > 1) yield*'],
    ['what was not revoked is announced', 'if (affected === 1) yield*', 'yield*'],
    [
      'a decision is made and written in two transactions',
      'return this.revocations.transaction(() => this.deciding(attempt), rules);',
      'const body = this.deciding(attempt);\n    let step = body.next();\n    while (!step.done) step = body.next(await this.database.run(step.value));\n    void rules;\n    return step.value;',
    ],
    [
      'a sign-in is compared and written in two transactions',
      'return this.revocations.transaction(() => this.opening(family));',
      'const write = async () => {\n      const body = this.opening(family);\n      let step = body.next();\n      while (!step.done) step = body.next(await this.database.run(step.value));\n      return step.value;\n    };\n    return write();',
      ['sqlite'],
    ],
    [
      'a sign-in is opened by the clock of the application',
      'openFamily(family, now)',
      'openFamily(family, Date.now() + 0 * now)',
      HOST_CLOCK,
    ],
    [
      'a decision is made by the clock of the application',
      'rotationTransition(row, attempt, now, waitedMs)',
      'rotationTransition(row, attempt, Date.now(), waitedMs)',
      HOST_CLOCK,
    ],
    [
      'a re-keying is decided by the clock of the application',
      'rekeyTransition(row, attempt, now, waitedMs, subjectEpoch)',
      'rekeyTransition(row, attempt, Date.now(), waitedMs, subjectEpoch)',
      HOST_CLOCK,
    ],
  ]),
  ...mutantsOf('sql/sign-ins/sql-opening.ts', DATABASES, [
    [
      'the epoch is not compared at the sign-in',
      'const isAdmitted = held && (',
      'const isAdmitted = (held || now > 0) && (',
    ],
    [
      'a sign-in beyond the limit is opened all the same',
      "if (!room) return { opened: false, reason: 'limit' };",
      'if (!room) return { opened: true, now, ended: [] };',
    ],
    [
      'two that count at the same time find the same room',
      "limit ? 'exclusive' : 'shared'",
      "limit ? 'shared' : 'shared'",
      ['sign-in limit'],
    ],
    ['a limit is not looked at', 'if (!limit) return', 'if (!limit || limit.max > 0) return'],
  ]),
  ...mutantsOf('sql/sign-ins/sql-concurrent-sign-ins.ts', DATABASES, [
    [
      'the limit counts everybody',
      '${c.subject} = ${subjectKey(subject)} and',
      "${subjectKey(subject)} <> '' and",
    ],
    [
      'a sign-in that the limit ends is not announced',
      'yield* this.revocations.writeEach(some, { select: c.id, from: sql`from ${name} where ${these}` });',
      '',
    ],
    [
      'a late activity revives what was not counted',
      "yield* this.ending(table, room.idledOut, 'idled_out');",
      '',
    ],
    ['what the limit ends lives on', "yield* this.ending(table, room.displaced, 'displaced');", ''],
  ]),
  ...mutantsOf(
    'subjects/sign-in-limit.ts',
    ['memory'],
    [
      ['the limit lets one more in', 'live.length < limit.max', 'live.length <= limit.max'],
      ['the newest end for one more', 'a.createdAt - b.createdAt ||', 'b.createdAt - a.createdAt ||'],
      ['the limit ends too few', 'live.length - limit.max + 1', 'live.length - limit.max'],
      ['what has idled out is counted', 'isLive(row, now)', 'row.revokedAt === null'],
      ['what has ended is counted', 'isLive(row, now)', 'now < row.idleExpiresAt'],
      [
        'what began before everything ended is counted',
        'row.globalEpoch >= globalEpoch',
        'row.globalEpoch <= globalEpoch',
      ],
      ['a limit that refuses ends the oldest', "if (limit.policy !== 'end-oldest') return null;", ''],
    ],
  ),
];
