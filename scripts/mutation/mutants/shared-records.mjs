import { mutantsOf } from './mutants-of.mjs';

/** What keeps a cache from un-ending a sign-in. */
export const SHARED_RECORD_MUTANTS = [
  ...mutantsOf(
    'shared-cache/shared-cache.ts',
    ['shared records'],
    [
      [
        'a record is believed whatever its age',
        'if (!(now - found.readAt <= Math.min(maxStalenessMs, RECORD_LIFE_MS))) return undefined;',
        '',
      ],
      [
        'a record is believed for longer than a minute',
        'Math.min(maxStalenessMs, RECORD_LIFE_MS)',
        'maxStalenessMs',
      ],
      [
        'a record from the future is believed',
        'if (now === undefined || !(found.readAt <= now + AHEAD_MS)) return undefined;',
        'if (now === undefined) return undefined;',
      ],
      ['no time at all is asked of the cache', '!(maxStalenessMs > 0) || ', ''],
      [
        'the age is taken before the cache is asked',
        `const found = this.opened(mac.open(key, await cache.get(key)));
    if (!found) return undefined;
    // After the answer: the cache may have kept us waiting, and the sign-in may have ended.
    const now = storeClock.now();`,
        `const now = storeClock.now();
    const found = this.opened(mac.open(key, await cache.get(key)));
    if (!found) return undefined;`,
      ],
      [
        'what was read before an ending here is believed',
        'return this.invalidationsOf(id).some(readBefore) ? undefined : found;',
        'return found;',
      ],
      [
        'what was read before an ending here is kept',
        'if (this.invalidationsOf(id).some(({ number }) => number > mark)) return;',
        '',
      ],
      [
        'an ending writes no tombstone',
        'await this.keeping.cache.set(this.keyOf(id), TOMBSTONE, RECORD_LIFE_MS, true);',
        '',
      ],
      ['the end of everything is not known here', 'this.allInvalidated = this.invalidation();', ''],
      ['issuer and id are joined by a sign', '${issuer.length}:${issuer}:${id.length}:', '${issuer}:'],
      ['the kind is no part of the key', 'aerie:${this.kind}:', 'aerie:'],
      ['what is no such record is taken for one', 'this.read(value) : null', '((value ?? {}) as T) : null'],
    ],
  ),
  ...mutantsOf(
    'shared-cache/record-mac.ts',
    ['shared records'],
    [
      ['no seal is compared', 'equalInConstantTime(tag, this.tag(one, key, text))', 'tag.length >= 0'],
      ['a seal is good under every key', '`${key.length}:${key}`', `''`],
    ],
  ),
  ...mutantsOf(
    'shared-cache/cache-circuit-breaker.ts',
    ['guarded cache'],
    [
      ['a cache that fails is asked with every request', 'if (this.isPaused()) return undefined;', ''],
      ['every pause is the same', 'FIRST_PAUSE_MS * 2 ** this.failures', 'FIRST_PAUSE_MS'],
      [
        'pauses have no limit',
        'Math.min(FIRST_PAUSE_MS * 2 ** this.failures, LONGEST_PAUSE_MS)',
        'FIRST_PAUSE_MS * 2 ** this.failures',
      ],
      ['everybody tries at once', 'this.trying || ', ''],
      ['each of many calls counts as a failure', 'if (this.failures === failures) this', 'this'],
      [
        'a tombstone waits for the end of a pause',
        'if (!insistent && this.isPaused())',
        'if (this.isPaused())',
      ],
      ['a cache that is well again is not trusted', 'this.failures = 0;\n', ''],
    ],
  ),
  ...mutantsOf(
    'revocation-check/access-token-lookup.ts',
    ['looked-up token'],
    [
      [
        'a record refuses',
        'return record !== undefined && this.admits(token, record.value);',
        'if (!record) return false; if (this.admits(token, record.value)) return true; throw new AccessTokenRevokedError();',
      ],
      [
        'a record admits whatever the epochs',
        'if (token.subjectEpoch !== record.subjectEpoch || token.globalEpoch !== record.globalEpoch) return false;',
        '',
      ],
      ['a record admits whatever the subject epoch', 'token.subjectEpoch !== record.subjectEpoch || ', ''],
      [
        'a record admits every generation',
        'return !this.endsPrevious(token, record.rotation, this.storeClock.now() ?? null);',
        'return true;',
      ],
      ['the table admits every generation', ' || this.endsPrevious(token, rotation, now);', ';'],
      [
        'the table admits a token that was revoked by itself',
        'revokedTokens.includes(token.id) || this',
        'this',
      ],
      [
        'a record admits a token that was revoked by itself',
        'if (record.revokedTokens.includes(token.id)) return false;',
        '',
      ],
      ['a store need not name revoked tokens', '    checkForm(status);\n', ''],
      [
        'a record that is older than the token admits it',
        'if (token.generation !== null && token.generation > record.rotation.generation) return false;',
        '',
      ],
      [
        'what a route asks for is not heard',
        'maxStalenessMs ?? this.rules.maxStalenessMs',
        'this.rules.maxStalenessMs',
      ],
      [
        'a reading is as old as its end',
        'const mark = this.records?.mark();',
        'const mark = this.records ? Infinity : undefined;',
      ],
      [
        'nothing is learnt of the clock of the store',
        'this.storeClock.learn(status.now, sent.monotonic, sent.wall);',
        '',
      ],
      ['every former generation is excepted', 'generation === family.generation - 1 &&', 'true &&'],
      ['the parent is excepted after a re-keying', 'family.replayClosed === false &&', 'true &&'],
      ['the parent is excepted without end', 'now - family.rotatedAt <= replayWindowMs', 'true'],
      ['the parent is never excepted', 'return !excepted;', 'return true;'],
      [
        'what is newer than the table is ended',
        'if (generation >= family.generation) return false;',
        'if (generation === family.generation) return false;',
      ],
    ],
  ),
  ...mutantsOf(
    'revocation-check/family-cache-record.ts',
    ['looked-up token'],
    [
      ['what has ended is shared', 'return live === true', 'return live !== null'],
      [
        'a record need not name revoked tokens',
        'if (!areTexts(revokedTokens)) return null;',
        'if (!areTexts(revokedTokens)) return { ...membersOf(value), revokedTokens: [] } as never;',
      ],
      [
        'what is incomplete is shared',
        'if (!isNumber(subjectEpoch) || !isNumber(globalEpoch)) return null;',
        '',
      ],
    ],
  ),
  ...mutantsOf(
    'time/store-clock.ts',
    ['store clock'],
    [
      [
        'a suspended machine stops the clock',
        'Math.max(monotonic - this.sentMonotonic, wall - this.sentWall)',
        '(monotonic - this.sentMonotonic)',
      ],
      [
        'a clock that is set back stops it',
        'Math.max(monotonic - this.sentMonotonic, wall - this.sentWall)',
        '(wall - this.sentWall)',
      ],
      [
        'an answer that was overtaken is believed',
        'if (this.storeNow !== undefined && sentMonotonic < this.sentMonotonic) return;',
        '',
      ],
      [
        'what is no number is believed',
        `if (typeof storeNow !== 'number' || !Number.isFinite(storeNow)) return;`,
        `if (typeof storeNow !== 'number') return;`,
      ],
      [
        'time is counted from the answer',
        'this.sentMonotonic = sentMonotonic;\n    this.sentWall = sentWall;',
        'this.sentMonotonic = this.clock.monotonic();\n    this.sentWall = this.clock.now();',
      ],
    ],
  ),
  ...mutantsOf(
    'stores/store-calls.ts',
    ['invalidating stores'],
    [
      ['nothing is invalidated when the store fails', 'outcome === false ? {}', '!outcome ? {}'],
      ['what did not end is invalidated', 'outcome === false ? {} : changed', 'changed'],
      ['a reuse invalidates nothing', '!outcome || isReuse(outcome)', '!outcome'],
      ['every rotation invalidates', '!outcome || isReuse(outcome)', 'true'],
      [
        'a reuse that ended its subject invalidates its family alone',
        "all: onReuse === 'revoke-subject' && isReuse(outcome),",
        '',
      ],
    ],
  ),
  ...mutantsOf(
    'stores/cache-invalidating-stores.ts',
    ['invalidating stores'],
    [
      [
        'those of the subject are told after the change',
        'call.invalidates?.(outcome, ...args) ?? ofSubject',
        'call.invalidates?.(outcome, ...args) ?? (subject === null ? {} : await recordsOf(subject))',
      ],
      [
        'nothing of a subject is invalidated',
        'call.invalidates?.(outcome, ...args) ?? ofSubject',
        'call.invalidates?.(outcome, ...args) ?? {}',
      ],
      ['everything stays where it is', 'caches.families?.invalidateAll();', ''],
    ],
  ),
];
