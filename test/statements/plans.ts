import type { DataSource } from 'typeorm';
import type { TestDatabase } from '../support/test-databases.js';

export interface Statement {
  readonly query: string;
  readonly parameters: readonly unknown[];
}

/** How a database would carry a statement out. */
export interface Plan {
  /** Tables that it would read from one end to the other. */
  readonly scanned: readonly string[];
  /** Indexes that it would use. */
  readonly indexes: readonly string[];
}

/** Asks the database for its plans of a statement: those of the values given and, where it has one, that of any values. */
export function plansOf(source: DataSource, database: TestDatabase, statement: Statement): Promise<Plan[]> {
  if (database === 'postgres') return postgresPlans(source, statement);
  if (database === 'mariadb') return mariadbPlans(source, statement);
  return sqlitePlans(source, statement);
}

interface PostgresNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PostgresNode[];
}

/** A prepared statement may go on with a plan that was made without its values: both are asked for. */
async function postgresPlans(source: DataSource, { query, parameters }: Statement): Promise<Plan[]> {
  const runner = source.createQueryRunner();
  const literals = parameters.map((value) =>
    value === null ? 'null' : typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value),
  );
  const execute = literals.length === 0 ? 'explained' : `explained(${literals.join(', ')})`;
  const plans: Plan[] = [];
  try {
    await runner.query(`prepare explained as ${query}`);
    for (const mode of ['force_custom_plan', 'force_generic_plan']) {
      await runner.query(`set plan_cache_mode = ${mode}`);
      const [row] = (await runner.query(`explain (format json) execute ${execute}`)) as {
        'QUERY PLAN': [{ Plan: PostgresNode }];
      }[];
      plans.push(postgresPlan(row!['QUERY PLAN'][0].Plan));
    }
    await runner.query('deallocate explained');
    await runner.query('reset plan_cache_mode');
  } finally {
    await runner.release();
  }
  return plans;
}

function postgresPlan(root: PostgresNode): Plan {
  const nodes = (node: PostgresNode): PostgresNode[] => [node, ...(node.Plans ?? []).flatMap(nodes)];
  const all = nodes(root);
  return {
    scanned: all.flatMap((node) => (node['Node Type'] === 'Seq Scan' ? [node['Relation Name']!] : [])),
    indexes: all.flatMap((node) => node['Index Name'] ?? []),
  };
}

async function mariadbPlans(source: DataSource, { query, parameters }: Statement): Promise<Plan[]> {
  const rows: { table: string | null; type: string | null; key: string | null }[] = await source.query(
    `explain ${query}`,
    [...parameters],
  );
  // `index` reads an index from one end to the other. An INSERT's own table is told as ALL, and reads nothing.
  const reading = rows.filter(({ table }, i) => !(i === 0 && isInsertInto(query, table)));
  return [
    {
      scanned: reading.flatMap(({ type, table }) =>
        (type === 'ALL' || type === 'index') && !isOneRow(table) ? [table!] : [],
      ),
      indexes: reading.flatMap(({ key }) => key ?? []),
    },
  ];
}

/** The one row that the clock is read into. */
function isOneRow(table: string | null): boolean {
  return table === 'n' || table === '<derived2>';
}

function isInsertInto(query: string, table: string | null): boolean {
  return table !== null && query.startsWith(`insert into \`${table}\``);
}

async function sqlitePlans(source: DataSource, { query, parameters }: Statement): Promise<Plan[]> {
  const rows: { detail: string }[] = await source.query(`explain query plan ${query}`, [...parameters]);
  return [
    {
      // `USING INDEX` here reads an index from one end to the other. An INSERT's own rows are no table.
      scanned: rows.flatMap(
        ({ detail }) => /^SCAN (?!CONSTANT|n$|\d+-ROW VALUES)(\S+)/.exec(detail)?.[1] ?? [],
      ),
      indexes: rows.flatMap(
        ({ detail }) => /^SEARCH .* USING (.*INDEX \S*|INTEGER PRIMARY KEY)/.exec(detail)?.[1] ?? [],
      ),
    },
  ];
}
