import { Sql, sql, type SqlRow, type SqlValue, trustedSql } from './sql.js';

/** How one column is written and read. */
export interface ColumnMapping {
  readonly property: string;
  /** Quoted for this database. */
  readonly quoted: string;
  /** False: read only by those who ask for it. */
  readonly selected: boolean;
  readonly toDatabase: (value: unknown) => SqlValue;
  readonly fromDatabase: (value: unknown) => unknown;
}

/**
 * A table as statements need it: quoted names as the host's connection has them (its prefix, schema and naming strategy
 * included) and values converted in one place.
 */
export class SqlTable<E extends object> {
  readonly column: { readonly [P in keyof E & string]: Sql };
  private readonly byProperty: ReadonlyMap<string, ColumnMapping>;
  private readonly selected: readonly ColumnMapping[];
  private readonly selectLists = new Map<string, Sql>();

  /** @internal */
  constructor(
    /** Quoted, with its schema. */
    readonly name: Sql,
    private readonly mappings: readonly ColumnMapping[],
    private readonly quoteAlias: (alias: string) => string,
  ) {
    this.byProperty = new Map(mappings.map((mapping) => [mapping.property, mapping]));
    this.selected = mappings.filter(({ selected }) => selected);
    const columns: Record<string, Sql> = {};
    for (const { property, quoted } of mappings) columns[property] = trustedSql(quoted);
    this.column = columns as { readonly [P in keyof E & string]: Sql };
  }

  /** A select list of the columns, of the table alias given, named by property; without those that are `select: false`. */
  columnsOf(alias: string): Sql {
    let columns = this.selectLists.get(alias);
    if (!columns) {
      columns = this.listed(this.selected, alias);
      this.selectLists.set(alias, columns);
    }
    return columns;
  }

  /** The same of every column. */
  everyColumnOf(alias: string): Sql {
    return this.listed(this.mappings, alias);
  }

  private listed(mappings: readonly ColumnMapping[], alias: string): Sql {
    const named = mappings.map(
      ({ property, quoted }) => `${alias}.${quoted} as ${this.quoteAlias(property)}`,
    );
    return trustedSql(named.join(', '));
  }

  /** A value as a statement that compares with this column must bind it. */
  value<P extends keyof E & string>(property: P, value: E[P]): SqlValue {
    return this.byProperty.get(property)!.toDatabase(value);
  }

  /** `insert into table(columns) values (...)` of the members given. */
  insert(values: Partial<E>): Sql {
    const present = this.mappings.filter(({ property }) => property in values);
    const columns = trustedSql(present.map(({ quoted }) => quoted).join(', '));
    const bound = present.map((mapping) => mapping.toDatabase(values[mapping.property as keyof E]));
    return sql`insert into ${this.name} (${columns}) values (${list(bound)})`;
  }

  /** `column = value` of the members given, for an UPDATE. */
  assignments(values: Partial<E>): Sql {
    const present = this.mappings.filter(({ property }) => property in values);
    const texts = present.map(({ quoted }, i) => `${i === 0 ? '' : ', '}${quoted} = `);
    return new Sql(
      [...texts, ''],
      present.map((mapping) => mapping.toDatabase(values[mapping.property as keyof E])),
    );
  }

  /** The entity in a row that was selected with `columnsOf`. */
  read(row: SqlRow): E {
    const entity: Record<string, unknown> = {};
    for (const { property, fromDatabase } of this.selected) entity[property] = fromDatabase(row[property]);
    return entity as E;
  }
}

/** Bound values, separated by commas. */
export function list(values: readonly SqlValue[]): Sql {
  return new Sql(values.length === 0 ? ['null'] : ['', ...values.slice(1).map(() => ', '), ''], values);
}
