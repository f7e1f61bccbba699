import { describe, expect, it } from '@jest/globals';
import {
  decideRotation,
  elapsed,
  type FamilyState,
  type Presentation,
  type RotationRules,
} from './rotation-decision.js';

const hash = (letter: string) => letter.repeat(64);
const CURRENT = hash('a');
const PREVIOUS = hash('b');
const REPLACED = [hash('c'), hash('d'), hash('e')] as const;
const STRANGER = hash('f');
const KEY = hash('1');
const OTHER_KEY = hash('2');

const GENERATION = 7;
const ROTATED = 1_000_000;
const WINDOW = 30_000;
const LATE = 3_600_000;
const END = ROTATED + 10 * LATE;

const ROW: FamilyState = {
  generation: GENERATION,
  currentHash: CURRENT,
  previousHash: PREVIOUS,
  replacedHashes: '',
  replacedAt: null,
  attemptHash: KEY,
  rotatedAt: ROTATED,
  replays: 0,
  replayClosed: false,
  idleExpiresAt: END,
  expiresAt: END,
  revokedAt: null,
  userAgent: 'ua/1',
};
const RULES: RotationRules = {
  replayWindowMs: WINDOW,
  lateRetryMs: LATE,
  replayBinding: 'none',
  acceptAheadUntil: null,
};

/** Every combination of one value of each list. */
function* combinations<T extends Record<string, readonly unknown[]>>(
  lists: T,
): Generator<{ [K in keyof T]: T[K][number] }> {
  const names = Object.keys(lists);
  const at = names.map(() => 0);
  for (;;) {
    yield Object.fromEntries(names.map((name, i) => [name, lists[name]![at[i]!]])) as never;
    let i = 0;
    while (i < names.length && ++at[i]! === lists[names[i]!]!.length) at[i++] = 0;
    if (i === names.length) return;
  }
}

type What =
  | 'current'
  | 'parent'
  | 'replaced'
  | 'stranger of now'
  | 'stranger of the parent'
  | 'ancestor'
  | 'ahead by 1'
  | 'ahead by 100'
  | 'ahead by 101';
const TOKENS: Record<What, { generation: number; hash: string }> = {
  current: { generation: GENERATION, hash: CURRENT },
  parent: { generation: GENERATION - 1, hash: PREVIOUS },
  replaced: { generation: GENERATION, hash: REPLACED[1] },
  'stranger of now': { generation: GENERATION, hash: STRANGER },
  'stranger of the parent': { generation: GENERATION - 1, hash: STRANGER },
  ancestor: { generation: GENERATION - 2, hash: PREVIOUS },
  'ahead by 1': { generation: GENERATION + 1, hash: CURRENT },
  'ahead by 100': { generation: GENERATION + 100, hash: STRANGER },
  'ahead by 101': { generation: GENERATION + 101, hash: STRANGER },
};

interface Case {
  readonly what: What;
  readonly age: number;
  readonly dead: 'no' | 'revoked' | 'idle' | 'absolute';
  readonly closed: boolean;
  readonly replays: number;
  readonly key: string | null;
  readonly rowKey: string | null;
  readonly replacements: number;
  readonly sinceReplaced: number;
  readonly agent: string | null;
  readonly bound: boolean;
  readonly open: boolean;
}

/** The design's table, row by row: the first that fits decides. Written independently of the code. */
const TABLE: readonly [(c: Case) => boolean, string][] = [
  [(c) => c.dead === 'revoked', 'revoked'],
  [(c) => c.dead !== 'no', 'expired'],
  [(c) => c.what === 'current', 'rotate'],
  [(c) => c.what === 'replaced' && c.replacements >= 2, 'reuse:replaced:0'],
  [(c) => c.what === 'replaced' || c.what === 'stranger of now', 'desynchronised:0'],
  [(c) => c.what === 'ahead by 1' && c.open, 'catch_up:1'],
  [(c) => c.what === 'ahead by 100' && c.open, 'catch_up:100'],
  [(c) => c.what === 'ahead by 1', 'desynchronised:1'],
  [(c) => c.what === 'ahead by 100', 'desynchronised:100'],
  [(c) => c.what === 'ahead by 101', 'desynchronised:101'],
  [(c) => c.what === 'ancestor', 'reuse:ancestor:2'],
  [(c) => c.what === 'stranger of the parent', 'reuse:parent_other_hash:1'],
  // From here on the parent, inside its window ...
  [(c) => c.age <= WINDOW && c.closed, 'superseded'],
  [(c) => c.age <= WINDOW && c.bound && c.agent !== 'ua/1', 'reuse:parent_other_user_agent:1'],
  [(c) => c.age <= WINDOW && c.replays >= 100, 'superseded'],
  [(c) => c.age <= WINDOW, 'replay'],
  // ... and after it.
  [(c) => c.key === null || c.key !== c.rowKey, 'reuse:parent_late:1'],
  [(c) => c.age > LATE, 'reuse:parent_late:1'],
  [(c) => c.replacements > 0 && c.sinceReplaced <= WINDOW && c.replays >= 100, 'superseded'],
  [(c) => c.replacements > 0 && c.sinceReplaced <= WINDOW, 'replay'],
  [(c) => c.replacements >= 3, 'superseded'],
  [() => true, 'retry_late'],
];

function decide(c: Case): string {
  const at = ROTATED + c.age;
  const row: FamilyState = {
    ...ROW,
    attemptHash: c.rowKey,
    replayClosed: c.closed,
    replays: c.replays,
    replacedHashes: REPLACED.slice(0, c.replacements).join(''),
    replacedAt: c.replacements > 0 ? at - c.sinceReplaced : null,
    revokedAt: c.dead === 'revoked' ? ROTATED : null,
    idleExpiresAt: c.dead === 'idle' ? at : at + 1,
    expiresAt: c.dead === 'absolute' ? at : at + 1,
  };
  const presented: Presentation = { ...TOKENS[c.what], attemptHash: c.key, userAgent: c.agent };
  const rules: RotationRules = {
    ...RULES,
    replayBinding: c.bound ? 'user-agent' : 'none',
    acceptAheadUntil: c.open ? at + 1 : null,
  };
  return text(decideRotation(row, presented, at, rules));
}

function text(decision: ReturnType<typeof decideRotation>): string {
  if (decision.kind === 'reuse') return `reuse:${decision.cause}:${decision.distance}`;
  return 'distance' in decision ? `${decision.kind}:${decision.distance}` : decision.kind;
}

const LISTS = {
  what: Object.keys(TOKENS) as What[],
  age: [-5_000, 0, WINDOW, WINDOW + 1, LATE, LATE + 1],
  closed: [false, true],
  replays: [0, 99, 100],
  key: [null, KEY, OTHER_KEY],
  rowKey: [null, KEY],
  replacements: [0, 1, 2, 3],
  sinceReplaced: [WINDOW, WINDOW + 1],
  agent: ['ua/1', null],
  bound: [false, true],
  open: [false, true],
};

describe('decideRotation', () => {
  it('agrees with the table in every combination, on both sides of every boundary', () => {
    const disagreements: unknown[] = [];
    const seen = new Set<string>();
    let tried = 0;
    for (const c of [
      ...combinations({ ...LISTS, dead: ['no'] as const }),
      ...combinations({
        ...LISTS,
        dead: ['revoked', 'idle', 'absolute'] as const,
        age: [0, WINDOW + 1],
        replays: [0],
        replacements: [0, 3],
        agent: ['ua/1'],
      }),
    ]) {
      const expected = TABLE.find(([fits]) => fits(c))![1];
      const decided = decide(c);
      seen.add(decided);
      tried++;
      if (decided !== expected && disagreements.length < 5) disagreements.push({ ...c, expected, decided });
    }
    expect(disagreements).toEqual([]);
    expect(tried).toBeGreaterThan(90_000);
    // Every row of the table was reached.
    expect(seen).toEqual(new Set(TABLE.map(([, verdict]) => verdict)));
  });

  it('knows no row: unknown', () => {
    const presented = { ...TOKENS.current, attemptHash: null, userAgent: null };
    expect(decideRotation(null, presented, ROTATED, RULES)).toEqual({ kind: 'unknown' });
  });

  it('takes the parent of a first token for another hash', () => {
    const row = { ...ROW, generation: 1, previousHash: null };
    const presented = { generation: 0, hash: PREVIOUS, attemptHash: null, userAgent: null };
    expect(text(decideRotation(row, presented, ROTATED, RULES))).toBe('reuse:parent_other_hash:1');
  });

  it('closes the incident window at its very instant', () => {
    const presented = { ...TOKENS['ahead by 1'], attemptHash: null, userAgent: null };
    const until = (acceptAheadUntil: number) =>
      decideRotation(ROW, presented, ROTATED, { ...RULES, acceptAheadUntil }).kind;
    expect(until(ROTATED + 1)).toBe('catch_up');
    expect(until(ROTATED)).toBe('desynchronised');
  });

  it('answers nothing late, where no late retry is allowed', () => {
    const presented = { ...TOKENS.parent, attemptHash: KEY, userAgent: null };
    const rules = { ...RULES, lateRetryMs: 0 };
    expect(text(decideRotation(ROW, presented, ROTATED + WINDOW, rules))).toBe('replay');
    expect(text(decideRotation(ROW, presented, ROTATED + WINDOW + 1, rules))).toBe('reuse:parent_late:1');
  });

  it('changes nothing that it was given', () => {
    const row = Object.freeze({ ...ROW });
    decideRotation(
      row,
      Object.freeze({ ...TOKENS.parent, attemptHash: KEY, userAgent: null }),
      END - 1,
      RULES,
    );
    expect(row).toEqual(ROW);
  });

  it('measures no negative age', () => {
    expect(elapsed(10, 5)).toBe(0);
    expect(elapsed(10, 10)).toBe(0);
    expect(elapsed(10, 12)).toBe(2);
  });
});
