import { mutantsOf } from './mutants-of.mjs';

const MEMORY = ['memory'];
const STORES = ['memory', 'sqlite'];

/** What a decision changes in the row: shared by every store, so the one in memory shows most of it. */
export const STEP_MUTANTS = [
  ...mutantsOf('refresh-tokens/token-revocation.ts', STORES, [
    ["a token of another subject's family is revoked", 'row?.subject !== subject || ', '!row || '],
    ['a token of a family that has ended is revoked', ' || !isLive(row, now)) return', ') return'],
    [
      'a token is revoked again and again',
      "if (revokedTokenIds(known).includes(tokenId)) return { outcome: 'revoked_before', list: null };",
      '',
    ],
    ['a list has no bound', 'current.length >= MAX_REVOKED_TOKENS', 'current.length >= Infinity'],
    [
      'a list has one too many',
      'current.length >= MAX_REVOKED_TOKENS',
      'current.length > MAX_REVOKED_TOKENS',
    ],
    ['those that were revoked before are forgotten', 'list: [...current, ', 'list: ['],
    ['what matters no more fills the list', '> now);', '> 0);', ['token revocation']],
    ['what still matters is dropped', '> now);', '> now + 1);', ['token revocation']],
  ]),
  ...mutantsOf('refresh-tokens/family-transitions.ts', STORES, [
    [
      'the time that a refresh waited is not taken off its age',
      '): FamilyTransition<RotationOutcome> {\n  const at = now - waitedMs;',
      '): FamilyTransition<RotationOutcome> {\n  const at = now - 0 * waitedMs;',
    ],
    [
      'the time that a re-keying waited is not taken off its age',
      '): FamilyTransition<RekeyOutcome> {\n  const at = now - waitedMs;',
      '): FamilyTransition<RekeyOutcome> {\n  const at = now - 0 * waitedMs;',
    ],
    [
      'the replay window slides with each replay',
      'foreignReplays }, change };',
      'foreignReplays }, change: { ...change, rotatedAt: now } };',
    ],
    [
      'a replay extends the idle limit',
      'foreignReplays }, change };',
      'foreignReplays }, change: { ...change, idleExpiresAt: now + attempt.idleMs } };',
    ],
    ['a replay is not counted', 'foreignReplays }, change };', 'foreignReplays }, change: null };'],
    [
      'a replay tells of itself, not of who rotated',
      'holder: holderOf(row) };\n      return',
      'holder: { ip: attempt.ip, userAgent: attempt.presented.userAgent } };\n      return',
    ],
    [
      'a late retry opens the replay window anew',
      'replacedHashes, replacedAt: now }',
      'replacedHashes, replacedAt: now, rotatedAt: now }',
    ],
    [
      'a late retry does not say when',
      'replacedHashes, replacedAt: now }',
      'replacedHashes, replacedAt: null }',
    ],
    [
      'a late retry extends the idle limit',
      'replacedHashes, replacedAt: now }',
      'replacedHashes, replacedAt: now, idleExpiresAt: now + attempt.idleMs }',
    ],
    [
      'a late retry keeps the former salt',
      '{ currentHash, salt, replacedHashes,',
      '{ currentHash, replacedHashes,',
    ],
    [
      'only the last token that was replaced is remembered',
      'row.replacedHashes + row.currentHash',
      'row.currentHash',
    ],
    ['a token that was replaced is forgotten', 'row.replacedHashes + row.currentHash', 'row.replacedHashes'],
    [
      'reuse is told, and revokes nothing',
      'change: { revokedAt: now, revokedReason:',
      'change: { revokedReason:',
    ],
    [
      'the reason of a revocation does not name the cause',
      'revokedReason: `reuse_${cause}`',
      `revokedReason: 'reuse'`,
    ],
    ['a step-up leaves the replay window open', 'replayClosed: true', 'replayClosed: false'],
    ['a step-up can be retried late', 'attemptHash: null,\n        replayClosed', 'replayClosed'],
    ['a step-up does not say when it was', '{ authenticatedAt: now, methods }', '{ methods }'],
    [
      'a step-up takes another address and user agent for those of the last rotation',
      'const { ip, userAgent } = row;\n      const change',
      'const { ip, presented: { userAgent } } = attempt;\n      const change',
    ],
    [
      'a step-up with the parent revokes',
      `case 'replay':\n    case 'retry_late':\n      return unchanged({ kind: 'superseded' });`,
      `case 'replay':\n    case 'retry_late':\n      return reuse(row, { kind: 'reuse', cause: 'parent_late', distance: 1 }, now, 0);`,
    ],
    [
      'a step-up with the parent, late, is let through as a retry',
      `case 'replay':\n    case 'retry_late':\n`,
      `case 'replay':\n`,
    ],
    [
      'a step-up catches up with a token ahead',
      `    case 'catch_up':\n    case 'desynchronised':\n      return unchanged`,
      `    case 'catch_up':\n      return { outcome: { kind: 'rekeyed', now, idleExpiresAt: now, row }, change: nextGeneration(row, attempt, now) };\n    case 'desynchronised':\n      return unchanged`,
    ],
    [
      'a generation is counted from the row, not from the token',
      'presented.generation + 1',
      'row.generation + 1',
    ],
    [
      "the parent is the row's, not the token that was presented",
      'previousHash: presented.hash',
      'previousHash: row.currentHash',
    ],
  ]),
  // The stores on a database have a statement of their own for the rotation.
  ...mutantsOf('refresh-tokens/family-transitions.ts', MEMORY, [
    [
      'expires_at moves with the rotation',
      'row.expiresAt),\n    replays',
      'row.expiresAt),\n    expiresAt: now + idleMs,\n    replays',
    ],
    ['the idle limit goes beyond the absolute one', 'Math.min(now + idleMs, row.expiresAt)', 'now + idleMs'],
    [
      'the idle limit does not move with the rotation',
      'Math.min(now + idleMs, row.expiresAt)',
      'row.idleExpiresAt',
    ],
    [
      'a rotation is as old as its request',
      'rotatedAt: now,\n    idleExpiresAt',
      'rotatedAt: now - attempt.waitedMs(),\n    idleExpiresAt',
    ],
    [
      'the count of replays outlives the rotation',
      'replays: 0,\n    replacedHashes',
      'replays: row.replays,\n    replacedHashes',
    ],
    [
      'replaced tokens outlive the rotation',
      `replacedHashes: '',\n    replacedAt: null,\n    replayClosed`,
      'replacedHashes: row.replacedHashes,\n    replacedAt: null,\n    replayClosed',
    ],
    [
      'the instant of a replacement outlives the rotation',
      'replacedAt: null,\n    replayClosed',
      'replacedAt: row.replacedAt,\n    replayClosed',
    ],
    [
      'a replay window once closed stays closed',
      'replayClosed: false,\n    ip',
      'replayClosed: row.replayClosed,\n    ip',
    ],
    [
      'the key of an attempt outlives the rotation',
      'attemptHash: presented.attemptHash',
      'attemptHash: presented.attemptHash ?? row.attemptHash',
    ],
    [
      'the user agent stays that of the sign-in',
      'userAgent: presented.userAgent',
      'userAgent: row.userAgent',
    ],
    ['a replay is not counted beyond the first', 'row.replays + 1', '1'],
    ['foreign replays are counted one by one, not by generation', '|| last === generation)', ')'],
    [
      'foreign replays are counted although a generation lay between',
      'last === generation - 1 ?',
      'last !== null ?',
    ],
    ['a replay of its own user agent is foreign', 'presented.userAgent === row.userAgent || last', 'last'],
    [
      'a family begins with an idle limit beyond the absolute one',
      'Math.min(now + family.idleMs, expiresAt)',
      'now + family.idleMs',
    ],
    ['idle and absolute limit are swapped', 'now + family.absoluteMs', 'now + family.idleMs'],
    [
      'a family does not know the epoch of its sign-in',
      'subjectEpoch: epochs.epoch',
      'subjectEpoch: epochs.globalEpoch',
    ],
  ]),
];
