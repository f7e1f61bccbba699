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
  ...mutantsOf(
    'sql/stores/sql-attempt-store.ts',
    ['attempt store'],
    [
      ['a unit is not counted', 'then 1 else t.${c.used} + 1 end', 'then 1 else t.${c.used} end'],
      ['one unit gives all back', "units === 'all' ? 0 : 1", '0'],
    ],
  ),
  ...mutantsOf(
    'attempts/memory-attempt-store.ts',
    ['attempt store'],
    [
      ['a unit is not counted in memory', 'counter.used++;', ''],
      ['a counter in memory becomes a debt', 'if (counter.used === 0) this.counters.delete(id);', ''],
      ['all units give one back in memory', "units === 'all' ? 0 : ", ''],
      ['the sweep takes counters that are in use', 'if (endsAt > now) continue;', ''],
    ],
  ),
  ...mutantsOf(
    'attempts/attempt-limiter.ts',
    ['guessing'],
    [
      [
        'what could not be checked is a try',
        'cancelled(): Promise<void> {\n    return this.end(() => 1);',
        'cancelled(): Promise<void> {\n    return this.end(() => 0);',
      ],
      [
        'nothing waits past the budget of unknown devices',
        'if (!budget.slows || past <= 0) continue;',
        'if (past > -1e9) continue;',
        ['guesses'],
      ],
      [
        'the wait has no end',
        'Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(16, past - 1))',
        'FIRST_WAIT_MS * 2 ** Math.min(16, past - 1)',
        ['guesses'],
      ],
      [
        'every refusal is an event',
        'if (now < (this.toldOf.get(budget.id) ?? now)) return;',
        '',
        ['guesses'],
      ],
      ['a refusal costs queries', 'if (waitMs > 0) throw this.error(purpose, waitMs);', ''],
      ['the ways that stay open are not told', '{ waysOpen: [...this.waysOpen] }', '{}', ['ways open']],
    ],
  ),
  ...mutantsOf(
    'attempts/attempt-budgets.ts',
    ['guesses'],
    [
      [
        'another spelling has a budget of its own',
        'if (subject !== undefined && subject !== null) accounts',
        "if (subject === '') accounts",
      ],
      ['a /48 has no budget', 'const SHARES = [1, 3, 10] as const;', 'const SHARES = [1, 3, 1e9] as const;'],
      [
        'a name that no user has is counted once',
        "else if (subject === null && typed !== null) accounts.push(['nobody', typed]);",
        '',
        ['guessing'],
      ],
      [
        'a known device uses the budget of strangers',
        'if (isKnownDevice && subject)',
        "if (isKnownDevice && subject === '')",
        ['known devices'],
      ],
    ],
  ),
  ...mutantsOf(
    'attempts/attempt-tally.ts',
    ['guessing'],
    [
      [
        'a store that is down opens the limits',
        'return countedOf(this.memory, sorted, await this.memory.take(sorted));',
        'return [];',
      ],
    ],
  ),
  ...mutantsOf(
    'users/hashing-line.ts',
    ['hashing line'],
    [
      [
        'a known device waits for strangers',
        "if (lane !== 'known' || this.knownRuns) return null;",
        'return null;',
      ],
      ['the place of known devices is used once', 'else this.knownRuns = false;', ''],
      [
        'any number of known devices is hashed at once',
        "if (lane !== 'known' || this.knownRuns) return null;",
        "if (lane !== 'known') return null;",
      ],
      [
        'a known device that waits does not follow another',
        'this.knownRuns ? undefined : this.lanes.known.next();',
        'undefined as Waiting | undefined;',
      ],
    ],
  ),
  ...mutantsOf(
    'users/held-refusals.ts',
    ['held refusals'],
    [
      ['refusals are held without a bound', 'if (this.held < MOST_HELD) await', 'await'],
      ['no refusal is held', 'if (this.held < MOST_HELD) await this.hold();', ''],
      ['places of held refusals are never free', 'this.held--;', ''],
    ],
  ),
];
