import { mutantsOf } from './mutants-of.mjs';

const RACES = ['locked row'];

/** Locks, clocks and isolation: what shows only where several connections meet. */
export const SERVER_MUTANTS = [
  ...mutantsOf('sql/database/dialect.ts', RACES, [
    [
      'no row is locked for a decision, on PostgreSQL',
      `writtenMs: PG_CLOCK,\n  forUpdate: trustedSql(' for update')`,
      `writtenMs: PG_CLOCK,\n  forUpdate: trustedSql('')`,
      ['postgres'],
    ],
    [
      'no row is locked for a decision, on MariaDB',
      `writtenMs: MYSQL_WRITTEN,\n  forUpdate: trustedSql(' for update')`,
      `writtenMs: MYSQL_WRITTEN,\n  forUpdate: trustedSql('')`,
      ['mariadb'],
    ],
    ['no subject is locked for a sign-in, on PostgreSQL', ' for share', '', ['revoke all']],
    ['no subject is locked for a sign-in, on MariaDB', ' lock in share mode', '', ['revoke all']],
    [
      'the clock is read after the wait for the lock, on PostgreSQL',
      'epoch from statement_timestamp()',
      'epoch from clock_timestamp()',
    ],
    // On MariaDB the compare-and-set waits itself, so the reading that follows finds the row free.
    [
      'a rotation is as old as its statement, on PostgreSQL',
      'writtenMs: PG_CLOCK',
      'writtenMs: (void PG_CLOCK, PG_STATEMENT)',
    ],
    [
      'a rotation is as old as its statement, on MariaDB',
      'writtenMs: MYSQL_WRITTEN',
      'writtenMs: (void MYSQL_WRITTEN, MYSQL_NOW)',
    ],
  ]),
  ...mutantsOf(
    'sql/stores/sql-subject-store.ts',
    ['first epoch'],
    [
      [
        'a subject whose row another makes meanwhile is not moved',
        'yield this.insertIfAbsent(subject);\n      yield move;',
        'yield this.insertIfAbsent(subject);',
      ],
      [
        'any epoch holds',
        `Number(row['epoch']) === epochs.epoch`,
        `Number(row['epoch']) > 0`,
        ['sqlite', 'postgres', 'mariadb'],
      ],
    ],
  ),
  ...mutantsOf(
    'features/handover/store/sql-handover-store.ts',
    ['handovers on servers'],
    [['links of one parent are kept at once', 'yield* this.lockSubject(handover.subject);', '']],
  ),
  ...mutantsOf(
    'features/account-flows/tokens/sql-action-token-store.ts',
    ['action tokens on servers'],
    [
      ['mails asked for at once pass the limit', 'yield* this.lockSubject(token.subject);', ''],
      [
        'a link is asked for beside a rescue',
        'if (binding !== null) yield* this.lockSubject(reading.row.subject);',
        '',
      ],
    ],
  ),
  ...mutantsOf(
    'sql/database/server-database.ts',
    ['isolation'],
    [
      ['a failure to serialise is not retried', 'MAX_TRIES = 6', 'MAX_TRIES = 1'],
      [
        'a statement that was given up may still be carried out',
        'if (!cancellation) return;',
        'if (cancellation || !cancellation) return;',
        ['locked row'],
      ],
      [
        'who gave up stays in the line for a connection',
        '        leave();',
        '        void leave;',
        ['waiting for a connection'],
      ],
    ],
  ),
  ...mutantsOf(
    'typeorm/connection/open-database.ts',
    ['outages'],
    [
      [
        'a connection to a server that vanished is waited for without end',
        '        limitConnecting(parts().master);',
        '        void limitConnecting;',
      ],
    ],
  ),
  ...mutantsOf(
    'sql/drivers/sqlite-database.ts',
    ['host transaction'],
    [
      [
        'a transaction of the host takes a rotation with it',
        'const own = handle.inTransaction;',
        'const own = handle.inTransaction && start < 0;',
      ],
    ],
  ),
];
