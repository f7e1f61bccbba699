/** How the values of a column are written and read. */
export interface ValueConversion {
  /** The database's value, from the row's. */
  readonly to: (value: any) => unknown;
  /** The row's value, from the database's. */
  readonly from: (value: any) => unknown;
}

/** Instants and counters are bigints, which drivers hand back as strings: converted here, and nowhere else. */
export const asNumber = {
  from: (value: string | number | null): number | null => (value === null ? null : Number(value)),
  to: (value: number | null): number | null => value,
};

/** MariaDB and SQLite keep booleans as 0 and 1. */
export const asBoolean = {
  from: (value: unknown): boolean => value === true || value === 1,
  to: (value: boolean): boolean => value,
};

/** A list of words, kept as JSON text. */
export const asWords = {
  from: (value: string | null): readonly string[] | null =>
    value === null ? null : (JSON.parse(value) as string[]),
  to: (value: readonly string[] | null): string | null => (value === null ? null : JSON.stringify(value)),
};

/** A plain object, kept as JSON text. */
export const asJson = {
  from: (value: string): Readonly<Record<string, unknown>> => JSON.parse(value) as Record<string, unknown>,
  to: (value: Readonly<Record<string, unknown>>): string => JSON.stringify(value),
};
