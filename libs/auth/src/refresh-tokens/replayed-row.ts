import type { FamilyRow } from './refresh-token-family-store.js';
import type { Presentation } from './rotation-decision.js';

/**
 * What a replay changes in the row: the count, and how many generations running were replayed from another user
 * agent than the one that rotated. An honest client changes it once in a while; a thief who shadows one, always.
 */
export function replayTransition(row: FamilyRow, presented: Presentation) {
  const replays = row.replays + 1;
  const { generation } = row;
  const last = row.foreignReplayGeneration;
  if (presented.userAgent === row.userAgent || last === generation) {
    return { change: { replays }, foreignReplays: last === generation ? row.foreignReplays : 0 };
  }
  const foreignReplays = last === generation - 1 ? row.foreignReplays + 1 : 1;
  return { change: { replays, foreignReplays, foreignReplayGeneration: generation }, foreignReplays };
}
