/** One failover, in figures. */
export interface Figures {
  readonly name: string;
  readonly families: number;
  readonly rotations: number;
  readonly lost: number;
  readonly ahead: number;
  readonly unavailable: number;
  readonly refused: number;
  readonly caughtUp: number;
  readonly revoked: number;
}

const COLUMNS: readonly (readonly [heading: string, value: (figures: Figures) => string | number])[] = [
  ['replica', ({ name }) => name],
  ['families', ({ families }) => families],
  ['rotations answered before', ({ rotations }) => rotations],
  ['of these lost', ({ lost }) => lost],
  ['clients ahead of their row', ({ ahead }) => ahead],
  ['503 meanwhile', ({ unavailable }) => unavailable],
  ['refused afterwards', ({ refused }) => refused],
  ['moved forward', ({ caughtUp }) => caughtUp],
  ['revoked', ({ revoked }) => revoked],
];

/** A Markdown table. */
export function figuresTable(all: readonly Figures[]): string {
  const line = (cells: readonly unknown[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(COLUMNS.map(([heading]) => heading)),
    line(COLUMNS.map((_, i) => (i === 0 ? '---' : '--:'))),
    ...all.map((figures) => line(COLUMNS.map(([, value]) => value(figures)))),
  ].join('\n');
}
