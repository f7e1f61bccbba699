import { mutantsOf } from './mutants-of.mjs';

/** What limits guesses, and what tells a known device. */
export const ATTEMPT_MUTANTS = [
  ...mutantsOf(
    'sql/stores/sql-attempt-store.ts',
    ['attempt store'],
    [
      ['a window goes on for good', 'when t.${c.endsAt} <= ${nowMs} then 1 else', 'when false then 1 else'],
      [
        'each try makes the window longer',
        'when t.${c.endsAt} <= ${nowMs} then excluded.${c.endsAt} else t.${c.endsAt} end`;',
        'when true then excluded.${c.endsAt} else t.${c.endsAt} end`;',
      ],
      [
        'units of a former window are given back to the next',
        ' where t.${c.endsAt} = excluded.${c.endsAt}`',
        '`',
      ],
      ['units that are given back make a debt', '${dialect.greatest}(${own} - 1, 0)', '${own} - 1'],
      ['all units are given back as one', "units === 'all' ? 0 : 1", '1'],
    ],
  ),
  ...mutantsOf(
    'attempts/memory-attempt-store.ts',
    ['attempt store'],
    [
      ['a window goes on in memory', 'known && known.endsAt > now', 'known'],
      [
        'units of a former window are given back in memory',
        'if (counter?.endsAt !== window) continue;',
        'if (!counter) continue;',
      ],
      [
        'the counter that was used last is dropped',
        'this.counters.delete(id);\n    this.counters.set(id, counter);',
        'this.counters.set(id, counter);',
        ['counters in memory'],
      ],
      [
        'counters are kept without end',
        'if (this.counters.size > this.most)',
        'if (this.counters.size < 0)',
        ['counters in memory'],
      ],
    ],
  ),
  ...mutantsOf(
    'attempts/attempt-limiter.ts',
    ['guesses'],
    [
      [
        'a budget has one unit more',
        'count.used > budget.limit && !budget.slows',
        'count.used > budget.limit + 1 && !budget.slows',
        ['guesses'],
      ],
      ['a refused try takes units', 'await this.tally.giveBack(all, () => 1);', '', ['guesses']],
      ['waits do not grow', 'FIRST_WAIT_MS * 2 ** Math.min(16, past - 1)', 'FIRST_WAIT_MS', ['guesses']],
      [
        'a success gives back nothing',
        'return this.end(({ onSuccess }) => UNITS[onSuccess]);',
        'return this.end(() => 0);',
        ['known devices'],
      ],
    ],
  ),
  ...mutantsOf(
    'attempts/known-devices.ts',
    ['devices'],
    [
      [
        'a device is known after a change of credentials',
        '`${PREFIX}${version}|${day}|`',
        '`${PREFIX}${version * 0}|${day}|`',
        ['devices'],
      ],
      [
        'a device is known to every subject',
        'hmacSha256(key, label, id, subject)',
        'hmacSha256(key, label, id)',
      ],
      ['a device is known for good', 'return age >= -1 && age < DEVICE_DAYS;', 'return age >= -1;'],
      ['a device is known to any number of subjects', '].slice(0, MOST_SUBJECTS);', '];'],
      [
        'a mark of another device is taken',
        'hmacSha256(key, label, id, subject)',
        'hmacSha256(key, label, subject)',
      ],
    ],
  ),
];
