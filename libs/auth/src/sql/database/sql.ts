/** What may be bound to a statement. Bytes are written as lower-case hex: they compare alike on every database. */
export type SqlValue = string | number | boolean | null;

/** A row as a driver hands it over. */
export type SqlRow = Record<string, unknown>;

/** A piece of SQL with its values kept apart: nothing from a request ever becomes text of a statement. */
export class Sql {
  /** @internal */
  constructor(
    readonly texts: readonly string[],
    readonly values: readonly SqlValue[],
  ) {}

  /** The text with this database's placeholders (`placeholder(0)` for the first value). */
  text(placeholder: (index: number) => string): string {
    let text = this.texts[0] ?? '';
    for (let i = 1; i < this.texts.length; i++) text += placeholder(i - 1) + this.texts[i];
    return text;
  }
}

/** Builds a statement: interpolated values are bound, interpolated `Sql` becomes part of the text. */
export function sql(strings: TemplateStringsArray, ...parts: (SqlValue | Sql)[]): Sql {
  const texts = [strings[0] ?? ''];
  const values: SqlValue[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    const after = strings[i + 1] ?? '';
    if (part instanceof Sql) {
      texts[texts.length - 1] += part.texts[0] ?? '';
      values.push(...part.values);
      for (const text of part.texts.slice(1)) texts.push(text);
      texts[texts.length - 1] += after;
    } else {
      values.push(part);
      texts.push(after);
    }
  }
  return new Sql(texts, values);
}

/** Text that this package wrote, or took from entity metadata: never anything from a request. */
export function trustedSql(text: string): Sql {
  return new Sql([text], []);
}

export const NO_SQL = trustedSql('');
