// What must hold of a family when its story is over, and of all of them when everything is.
const PAST_MS = 31_000;
const MAX_PRESENTED = 12;

/** Presents the tokens that were ever handed out, out of order: at most one of them works, and none in the end. */
export async function audit(episode, family, random) {
  const wasLive = family.ended === null;
  const old = family.tokens.filter((token) => token !== family.held);
  if (wasLive) {
    if (old.length === 0) {
      await episode.must('endOne', family.subject, family.id);
      episode.ended([family], 'logout');
    } else {
      await episode.age(family, PAST_MS);
    }
  }
  const stolen = family.ended === null;
  const some = [...random.shuffled(old).slice(0, MAX_PRESENTED - 2), ...old.slice(-1)];
  let order = random.shuffled([...new Set([family.held, ...some])]);
  // Half of the time the honest client comes first, and must be served.
  const first = random.chance(0.5);
  const answers = [];
  if (stolen && first) {
    answers.push(await episode.refresh(family));
    order = order.filter((token) => token !== family.held);
  }
  const atOnce = random.chance(0.5);
  const presented = [];
  for (const token of order) {
    const answer = episode.present(family, token);
    presented.push(answer);
    if (!atOnce) await answer;
  }
  answers.push(...(await Promise.all(presented)));
  const worked = answers.filter(({ ok }) => ok);
  if (worked.length > (stolen ? 1 : 0)) episode.wrong(`${worked.length} tokens of one family worked`);
  if (stolen) {
    episode.run.count('reuse detected in the audit');
    if (family.reused !== 1) episode.wrong('the old tokens of a family went unnoticed');
  }
  for (const { token } of worked) {
    const { word } = await episode.present(family, token);
    if (word !== 'revoked') episode.wrong(`the last token of an ended family was answered ${word}`);
  }
}

/** What is left of a family to hold against its row. */
export function remembered(family) {
  const { id, ended, reused, generation } = family;
  return { id, ended, reused, generation };
}

/** The rows, the feed and the events of a whole run, against what its clients were told. Gives what is wrong. */
export function reconcile({ families, rows, absoluteMs, announced, reuseEvents, counts, rotationEvents }) {
  const wrong = [];
  for (const { id, ended, reused, generation } of families) {
    const row = rows.get(id);
    // What is past a limit may be ended by whatever ends everything of its subject.
    const limited = ended.startsWith('past its');
    if (!row) {
      if (ended !== 'past its absolute limit') wrong.push(`${id} (${ended}) has no row`);
      continue;
    }
    const found = {
      revoked: row.revokedAt !== null,
      announced: announced.get(id) ?? 0,
      reuseInRow: (row.revokedReason ?? '').startsWith('reuse_'),
      reuseEvents: reuseEvents.get(id) ?? 0,
      generation: row.generation,
      // Both age together: nothing that a client does moves the absolute limit.
      absoluteMs: row.expiresAt - row.createdAt,
      idleWithinAbsolute: row.idleExpiresAt <= row.expiresAt,
    };
    const expected = {
      revoked: !limited || found.revoked,
      announced: found.revoked ? 1 : 0,
      reuseInRow: reused === 1,
      reuseEvents: reused,
      generation,
      absoluteMs,
      idleWithinAbsolute: true,
    };
    for (const [what, value] of Object.entries(expected)) {
      if (found[what] !== value) wrong.push(`${id} (${ended}): ${what} is ${found[what]}, not ${value}`);
    }
  }
  for (const id of announced.keys()) {
    if (!rows.has(id)) wrong.push(`${id} was announced, and has no row`);
  }
  const rotations = counts.rotations ?? 0;
  if (rotations !== rotationEvents) {
    wrong.push(`clients saw ${rotations} rotations, and ${rotationEvents} were reported`);
  }
  return wrong;
}
