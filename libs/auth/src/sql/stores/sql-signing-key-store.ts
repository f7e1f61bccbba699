import type { SqlDatabase, SqlTransaction } from '../database/sql-database.js';
import type { SqlTable } from '../database/sql-table.js';
import { sql } from '../database/sql.js';
import { type SigningKeyReading, SigningKeyStore, type StoredKey } from '../../keys/signing-key-store.js';
import { SIGNING_KEYS } from '../tables/signing-key.table.js';

/** SigningKeyStore in SQL. The table has a handful of rows. */
export class SqlSigningKeyStore extends SigningKeyStore {
  private readonly keys: SqlTable<StoredKey>;

  constructor(
    private readonly database: SqlDatabase,
    /** Writes the revocation that says so when every key was replaced, within the transaction. */
    private readonly writingRevocation: () => SqlTransaction<void>,
  ) {
    super();
    this.keys = database.table(SIGNING_KEYS);
  }

  async read(): Promise<SigningKeyReading> {
    const { name, column } = this.keys;
    // The clock comes with the rows, and without any, too.
    const { rows } = await this.database.run(sql`select n.now as now, ${this.keys.columnsOf('k')}
      from (select ${this.database.dialect.nowMs} as now) n left join ${name} k on 1 = 1 order by k.${column.id}`);
    const keys: StoredKey[] = [];
    for (const row of rows) if (row['id'] !== null) keys.push(this.keys.read(row));
    return { keys, now: Number(rows[0]!['now']) };
  }

  async add(key: StoredKey): Promise<void> {
    await this.database.transaction(() => this.adding(key));
  }

  async replaceAllBefore(key: StoredKey): Promise<void> {
    await this.database.transaction(() => this.replacing(key));
  }

  async reseal(id: number, former: string, sealed: string): Promise<boolean> {
    const { name, column } = this.keys;
    const { affected } = await this.database.run(sql`update ${name} set ${column.sealedKey} = ${sealed}
      where ${column.id} = ${id} and ${column.sealedKey} = ${former}`);
    return affected === 1;
  }

  async dropUpTo(id: number): Promise<void> {
    await this.database.run(sql`delete from ${this.keys.name} where ${this.keys.column.id} <= ${id}`);
  }

  private *adding(key: StoredKey): SqlTransaction<void> {
    yield this.database.dialect.insertIfAbsent(this.keys.insert(key), this.keys.column.id);
  }

  private *replacing(key: StoredKey): SqlTransaction<void> {
    yield* this.adding(key);
    yield sql`delete from ${this.keys.name} where ${this.keys.column.id} < ${key.id}`;
    yield* this.writingRevocation();
  }
}
