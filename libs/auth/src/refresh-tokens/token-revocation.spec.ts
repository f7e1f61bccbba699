import { describe, expect, it } from '@jest/globals';
import {
  isTokenId,
  MAX_REVOKED_TOKENS,
  revokedTokenIds,
  type RevokedTokensRow,
  tokenRevocationTransition,
} from './token-revocation.js';

const NOW = 1_800_000_000_000;
const LIFE = 1_000;
const token = { familyId: 'f', subject: 'ada', tokenId: 't' };
const row = (change: Partial<RevokedTokensRow> = {}): RevokedTokensRow => ({
  subject: 'ada',
  idleExpiresAt: NOW + 1,
  expiresAt: NOW + 1,
  revokedAt: null,
  revokedTokens: null,
  ...change,
});
const listed = (count: number, until: number): string[] =>
  Array.from({ length: count }, (_, i) => `${until}:id-${i}`);

describe('the revocation of one access token', () => {
  it('is written with the instant until which it matters', () => {
    const { outcome, list } = tokenRevocationTransition(row(), token, NOW, LIFE);
    expect(outcome).toBe('revoked');
    expect(list).toEqual([`${NOW + LIFE}:t`]);
    expect(revokedTokenIds(list)).toEqual(['t']);
  });

  it.each([
    ['no family', null],
    ["another subject's", row({ subject: 'Ada' })],
    ['one that has ended', row({ revokedAt: NOW })],
    ['one past its idle limit', row({ idleExpiresAt: NOW })],
    ['one past its absolute limit', row({ expiresAt: NOW })],
  ])('changes nothing of %s', (_, family) => {
    expect(tokenRevocationTransition(family, token, NOW, LIFE)).toEqual({ outcome: 'not_live', list: null });
  });

  it('is done once', () => {
    const revokedTokens = [`${NOW - 1}:t`];
    expect(tokenRevocationTransition(row({ revokedTokens }), token, NOW, LIFE)).toEqual({
      outcome: 'revoked_before',
      list: null,
    });
  });

  it('ends the family when its list is full of those that matter', () => {
    const full = row({ revokedTokens: listed(MAX_REVOKED_TOKENS, NOW + 1) });
    expect(tokenRevocationTransition(full, token, NOW, LIFE)).toEqual({
      outcome: 'family_ended',
      list: null,
    });
    const almost = row({ revokedTokens: listed(MAX_REVOKED_TOKENS - 1, NOW + 1) });
    expect(tokenRevocationTransition(almost, token, NOW, LIFE).list).toHaveLength(MAX_REVOKED_TOKENS);
  });

  it('drops those that matter no more', () => {
    const past = row({ revokedTokens: [...listed(MAX_REVOKED_TOKENS, NOW), `${NOW + 1}:kept`] });
    const { outcome, list } = tokenRevocationTransition(past, token, NOW, LIFE);
    expect(outcome).toBe('revoked');
    expect(revokedTokenIds(list)).toEqual(['kept', 't']);
  });

  it('takes ids that a list can hold, and no other', () => {
    for (const id of ['a', 'a:b', '0b5a7a56-33c7-4a7e-9c86-0d6b2f7f5a11', 'x'.repeat(255)])
      expect(isTokenId(id)).toBe(true);
    for (const id of ['', 'a b', 'é', 'a\n', 'x'.repeat(256), null, undefined, 7, ['a']])
      expect(isTokenId(id)).toBe(false);
    expect(revokedTokenIds([`${NOW}:a:b`])).toEqual(['a:b']);
    for (const none of [null, undefined]) expect(revokedTokenIds(none)).toEqual([]);
  });
});
