import { mutantsOf } from './mutants-of.mjs';

/** Which key signs, which verify, and who may have made them. */
export const KEY_MUTANTS = [
  ...mutantsOf(
    'keys/key-schedule.ts',
    ['key schedule'],
    [
      ['a key signs before it begins', 'beginsAt <= now)', 'beginsAt <= now + 1)'],
      [
        'a retired key goes with what it signed',
        'successor.beginsAt + rules.retentionMs',
        'successor.beginsAt',
      ],
      ['a late key is not announced', 'Math.max(ends, now + rules.announceMs)', 'ends'],
      ['every reading makes a key', 'if (!signs) return null;', ''],
    ],
  ),
  ...mutantsOf(
    'keys/private-key-encryption.ts',
    ['private keys'],
    [
      [
        'a seal opens in another row',
        "['signing-key', id, kid, alg, beginsAt]",
        "['signing-key', kid, alg, beginsAt]",
      ],
      [
        'a seal opens for another beginning',
        "['signing-key', id, kid, alg, beginsAt]",
        "['signing-key', id, kid, alg, 0 * beginsAt]",
      ],
      [
        'what a former secret sealed stays sealed by it',
        'isCurrent: !isFormer && key === own[0]',
        'isCurrent: true',
      ],
    ],
  ),
  ...mutantsOf(
    'keys/key-rotation.ts',
    ['managed keys'],
    [
      [
        'HS256 keys of the secret verify without end',
        'first?.id !== 1 || now >= first.beginsAt + this.rules.retentionMs',
        'first?.id !== 1',
      ],
      ['a leaked key stays', 'await this.store.replaceAllBefore(', 'await this.store.add('],
    ],
  ),
];
