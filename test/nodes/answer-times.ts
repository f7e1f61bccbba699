import { expect } from '@jest/globals';
import type { TimedAnswer } from '../support/timed-request.js';

/** The columns of the failure table. */
export const COLUMNS = ['session', 'access token', 'refresh', 'sign-in', 'logout'] as const;
export type Column = (typeof COLUMNS)[number];

/** What a machine that is busy with other tests may add. */
export const BUSY_MS = 3_000;
/** How long a node waits for its database, and for the user directory. */
export const DATABASE_MS = 2_000;
export const DIRECTORY_MS = 10_000;

/** What an answer may be: a status, or a status and a code. */
export type Allowed = number | readonly [status: number, code: string];

/** Checks what came of requests, and how long it took; keeps the longest of each row and column. */
export class AnswerTimes {
  private readonly longest = new Map<string, Map<Column, number>>();

  /** `dependencyMs`: how long the node may wait for what does not answer. */
  async of(
    row: string,
    column: Column,
    asked: Promise<TimedAnswer>,
    dependencyMs: number,
    ...allowed: readonly Allowed[]
  ): Promise<TimedAnswer> {
    const answer = await asked;
    const { status, code, ms } = answer;
    const times = this.longest.get(row) ?? new Map<Column, number>();
    this.longest.set(row, times.set(column, Math.max(ms, times.get(column) ?? 0)));
    const isAllowed = allowed.some((one) =>
      typeof one === 'number' ? one === status : one[0] === status && one[1] === code,
    );
    if (!isAllowed)
      throw new Error(`${row}, ${column}: ${status} ${code}, not ${JSON.stringify(allowed)}, after ${ms} ms`);
    expect({ row, column, ms: Math.min(ms, dependencyMs + BUSY_MS) }).toEqual({ row, column, ms });
    return answer;
  }

  /** A Markdown table of milliseconds. */
  table(heading: string): string {
    const line = (cells: readonly unknown[]): string => `| ${cells.join(' | ')} |`;
    const rows = [...this.longest].map(([row, times]) =>
      line([row, ...COLUMNS.map((column) => times.get(column)?.toFixed(0) ?? '')]),
    );
    return [line([heading, ...COLUMNS]), line(['---', ...COLUMNS.map(() => '--:')]), ...rows].join('\n');
  }

  /** Prints it when `FIGURES=1` asks for it. */
  print(heading: string): void {
    if (process.env['FIGURES']) process.stdout.write(`\n${this.table(heading)}\n\n`);
  }
}
