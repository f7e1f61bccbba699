import { mutantsOf } from './mutants-of.mjs';

const TABLE = ['decision'];
const BOTH = ['decision', 'memory'];

/**
 * The decision table. What a real clock cannot hit, the very millisecond of a limit, is shown by the table's own test;
 * the rest by the contract as well, which is all that a store of somebody else's runs.
 */
export const DECISION_MUTANTS = mutantsOf('refresh-tokens/rotation-decision.ts', BOTH, [
  ['a revoked family goes on', `if (row.revokedAt !== null) return { kind: 'revoked' };`, ''],
  ['the idle limit is forgotten', 'at >= row.expiresAt || at >= row.idleExpiresAt', 'at >= row.expiresAt'],
  // The idle limit never lies beyond it, so a store cannot tell.
  [
    'the absolute limit is forgotten',
    'at >= row.expiresAt || at >= row.idleExpiresAt',
    'at >= row.idleExpiresAt',
    TABLE,
  ],
  [
    'a token is good at the instant of its absolute limit',
    'at >= row.expiresAt',
    'at > row.expiresAt',
    TABLE,
  ],
  ['a token is good at the instant of its idle limit', 'at >= row.idle', 'at > row.idle', TABLE],
  [
    'a token of the current generation rotates, whatever its hash',
    'if (same(presented.hash, row.currentHash))',
    'if (same(row.currentHash, row.currentHash))',
  ],
  [
    'a token that was replaced is no reuse',
    'if (replacedHashes(row).some((hash) => same(presented.hash, hash)))',
    'if (replacedHashes(row).length > 3)',
  ],
  [
    'a token that the row does not know revokes',
    `return { kind: 'desynchronised', distance: 0 };`,
    `return reuse('replaced', 0);`,
  ],
  [
    'a token ahead of its row revokes',
    'if (distance < 0) {',
    `if (distance < 0) return reuse('ancestor', 0); {`,
  ],
  [
    'a token ahead is accepted without an incident',
    'rules.acceptAheadUntil !== null && at < rules.acceptAheadUntil && -distance',
    '-distance',
  ],
  [
    'the incident window is open at its last instant',
    'at < rules.acceptAheadUntil',
    'at <= rules.acceptAheadUntil',
    TABLE,
  ],
  ['a token ahead by 101 generations is accepted', 'MAX_AHEAD = 100', 'MAX_AHEAD = 101'],
  ['a token ahead by 100 generations is not accepted', 'MAX_AHEAD = 100', 'MAX_AHEAD = 99'],
  [
    'a grandparent is taken for the parent',
    `if (distance > 1) return reuse('ancestor', distance);`,
    `if (distance > 1) return decideParent(row, presented, at, rules);`,
  ],
  [
    'a parent with another hash is replayed',
    'row.previousHash === null || !same(presented.hash, row.previousHash)',
    'row.previousHash === null',
  ],
  [
    'the replay window is closed at its last instant',
    'elapsed(row.rotatedAt, at) <= rules.replayWindowMs',
    'elapsed(row.rotatedAt, at) < rules.replayWindowMs',
    TABLE,
  ],
  ['the replay window never closes', 'elapsed(row.rotatedAt, at) <= rules.replayWindowMs', 'at > 0'],
  ['replay_closed is forgotten', `if (row.replayClosed) return { kind: 'superseded' };`, ''],
  [
    'a closed replay window revokes',
    `if (row.replayClosed) return { kind: 'superseded' };`,
    `if (row.replayClosed) return reuse('parent_late', 1);`,
  ],
  ['the binding to a user agent is forgotten', `rules.replayBinding === 'user-agent' &&`, 'at < 0 &&'],
  ['a replay is always bound to its user agent', `rules.replayBinding === 'user-agent' &&`, ''],
  ['replays are not limited', 'MAX_REPLAYS = 100', 'MAX_REPLAYS = Infinity'],
  ['the hundredth replay is refused', 'MAX_REPLAYS = 100', 'MAX_REPLAYS = 99'],
  [
    'a replay too many revokes',
    `    }\n    return { kind: row.replays < MAX_REPLAYS ? 'replay' : 'superseded' };\n  }\n  const`,
    `    }\n    return row.replays < MAX_REPLAYS ? { kind: 'replay' } : reuse('parent_late', 1);\n  }\n  const`,
  ],
  ['a late retry needs no key', 'if (!keyed || elapsed', 'if (elapsed'],
  [
    'a late retry may come with another key',
    'same(presented.attemptHash, row.attemptHash)',
    'same(row.attemptHash, row.attemptHash)',
  ],
  [
    'a late retry is refused at its last instant',
    'elapsed(row.rotatedAt, at) > rules.lateRetryMs',
    'elapsed(row.rotatedAt, at) >= rules.lateRetryMs',
    TABLE,
  ],
  [
    'a late retry is accepted at its limit plus one',
    'elapsed(row.rotatedAt, at) > rules.lateRetryMs',
    'elapsed(row.rotatedAt, at) > rules.lateRetryMs + 1',
    TABLE,
  ],
  ['late retries never end', '!keyed || elapsed(row.rotatedAt, at) > rules.lateRetryMs', '!keyed'],
  [
    'a late retry that is retried mints another replacement',
    'row.replacedAt !== null && elapsed(row.replacedAt, at) <= rules.replayWindowMs',
    'row.replacedAt === 0',
  ],
  [
    'the replacement of a late retry is repeated without end',
    'row.replacedAt !== null && elapsed(row.replacedAt, at) <= rules.replayWindowMs',
    'row.replacedAt !== null',
  ],
  ['replacements are not limited', 'MAX_REPLACEMENTS = 3', 'MAX_REPLACEMENTS = Infinity'],
  ['the third replacement is refused', 'MAX_REPLACEMENTS = 3', 'MAX_REPLACEMENTS = 2'],
  [
    'a replacement too many revokes',
    `return { kind: replacedHashes(row).length < MAX_REPLACEMENTS ? 'retry_late' : 'superseded' };`,
    `return replacedHashes(row).length < MAX_REPLACEMENTS ? { kind: 'retry_late' } : reuse('parent_late', 1);`,
  ],
  ['a clock that went back makes a rotation old', 'Math.max(0, at - since)', 'Math.abs(at - since)'],
  ['a clock that went back gives a negative age', 'Math.max(0, at - since)', 'at - since'],
]);
