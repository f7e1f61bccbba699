// Which states a family's row may be in when the answer of a request stayed away: the one before, or the one after.
import { createHash } from 'node:crypto';
import { attemptHash } from '../../libs/auth/dist/refresh-tokens/refresh-token-codec.js';
import { generationOf } from '../soak/family.mjs';

const CLOCK_MS = 60;
const sha256 = (token) => createHash('sha256').update(token).digest('hex');
const keyed = (familyId, parent, key) =>
  key === null ? null : attemptHash({ familyId, hash: sha256(parent) }, key);

/** The state by name, or what is wrong with the row. */
export function stateOf(row, client, announced, rules) {
  const { lost, token, over } = client;
  const ends = lost?.kind === 'theft' || lost?.kind === 'revoke';
  const wrong = [];
  const check = (what, right) => right || wrong.push(what);

  check('no row', row !== null);
  if (!row) return { wrong };
  const { generation, revokedAt, revokedReason } = row;
  check('absolute limit', row.expiresAt - row.createdAt === rules.absoluteMs);
  check('revoked without a reason', (revokedAt === null) === (revokedReason === null));
  check('revocation', announced === (revokedAt === null ? 0 : 1));
  check('replaced', row.replacedHashes === '' && row.replacedAt === null);
  check('hashes', /^[0-9a-f]{64}$/.test(row.currentHash) && /^[0-9a-f]{32}$/.test(row.salt));
  if (over) check('still live', revokedAt !== null);
  else if (!ends) check('revoked', revokedAt === null);

  const ahead = generation - generationOf(token);
  if (ahead === 0) before(row, client, check);
  else if (ahead === 1 && lost && !ends) after(row, client, rules, check);
  else check(`generation ${generation}`, false);
  if (lost?.told) check('what was answered', row.currentHash === sha256(lost.told));
  if (wrong.length > 0) return { wrong };
  if (!lost) return { state: 'answered' };
  return { state: ahead === 1 || (ends && revokedAt !== null) ? 'after' : 'before' };
}

/** Nothing of the lost request is in the row. */
function before(row, { id, token, parent, parentAgents, parentKey, parentKind }, check) {
  check('current hash', row.currentHash === sha256(token));
  check('previous hash', row.previousHash === (parent === null ? null : sha256(parent)));
  check('attempt', row.attemptHash === (parent === null ? null : keyed(id, parent, parentKey)));
  check('replay closed', row.replayClosed === (parentKind === 'stepUp'));
  // A re-keying leaves what the last rotation wrote.
  if (parentKind !== 'stepUp') check('user agent', parentAgents.includes(row.userAgent));
  check('replays', row.replays <= parentAgents.length - 1);
}

/** All of it is. */
function after(row, { id, token, idempotencyKey, lost }, rules, check) {
  const rekeyed = lost.kind === 'stepUp';
  check('current hash', row.currentHash !== sha256(token));
  check('previous hash', row.previousHash === sha256(token));
  check('attempt', row.attemptHash === (rekeyed ? null : keyed(id, token, idempotencyKey)));
  check('replay closed', row.replayClosed === rekeyed);
  if (rekeyed) check('methods', row.methods.join() === 'otp');
  else check('user agent', lost.agents.includes(row.userAgent));
  check('replays', row.replays <= lost.agents.length - 1);
  const now = Date.now() + CLOCK_MS;
  check('rotated at', row.rotatedAt >= lost.sentAt - CLOCK_MS && row.rotatedAt <= now);
  const idle = row.idleExpiresAt - rules.idleMs;
  const limited = row.idleExpiresAt === row.expiresAt;
  check('idle limit', limited || (idle >= lost.sentAt - CLOCK_MS && idle <= row.rotatedAt));
}
