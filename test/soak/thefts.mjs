// Thieves, and clients that look like them.
const PAST_MS = 31_000;

/** The answers to a stolen token and to the victim, at once: one caller is told of the reuse, and all is over. */
function caught(episode, family, thieves, victims) {
  for (const { word } of thieves) {
    if (!['reused', 'revoked'].includes(word)) episode.wrong(`a stolen token was answered ${word}`);
  }
  for (const answer of victims) episode.honest(answer, ['ok', 'revoked']);
  if (family.reused !== 1) episode.wrong('a theft went unnoticed');
}

export const THEFTS = {
  /** An old token, once or several times at once, perhaps while the victim refreshes. */
  async thief(episode, family, random) {
    let stolen = family.ancestors.length > 0 ? random.pick(family.ancestors) : undefined;
    if (!stolen || random.chance(0.3)) {
      const [parent] = family.parents;
      if (!parent) return;
      stolen = parent;
      await episode.age(family, PAST_MS);
    }
    const victims = episode.tabs(family, random.between(0, 3));
    const thieves = Array.from({ length: random.between(1, 3) }, () => episode.present(family, stolen));
    caught(episode, family, await Promise.all(thieves), await Promise.all(victims));
  },

  /** The current token is stolen, and used; the victim's next refresh shows it. */
  async thiefAhead(episode, family, random) {
    const victim = family.held;
    let stolen = victim;
    for (let steps = random.between(2, 4); steps > 0; steps--) {
      stolen = (await episode.refresh(family, stolen)).token;
    }
    const answers = await Promise.all(
      Array.from({ length: random.between(1, 3) }, () => episode.present(family, victim)),
    );
    caught(episode, family, answers, []);
    const late = await episode.present(family, stolen);
    if (late.word !== 'revoked') episode.wrong(`a thief was answered ${late.word} after it was found out`);
  },

  /** Thief and victim inside the window: both are given the same, as the documentation says. */
  async thiefInside(episode, family) {
    const answers = await Promise.all(episode.tabs(family, 2));
    for (const answer of answers) episode.honest(answer);
    family.hold(answers[0].token);
  },

  /** The successor that a late retry replaced was somebody's: shown when it is used. */
  async replaced(episode, family, random) {
    const idempotencyKey = `stolen-with-it-${random.between(1, 1e9)}`;
    const presented = family.held;
    const lost = (await episode.refresh(family, presented, { idempotencyKey })).token;
    await episode.age(family, PAST_MS);
    const late = await episode.refresh(family, presented, { idempotencyKey, late: true });
    episode.run.count('late retries');
    family.hold(late.token);
    const thieves = [episode.present(family, lost)];
    const victims = random.chance(0.5) ? episode.tabs(family, 1) : [];
    caught(episode, family, await Promise.all(thieves), await Promise.all(victims));
  },

  /** After the window, and without a key: it cannot be told from a theft. */
  async tooLate(episode, family) {
    const presented = family.held;
    await episode.refresh(family, presented);
    await episode.age(family, PAST_MS);
    caught(episode, family, [await episode.present(family, presented)], []);
  },
};

export const THEFT_WEIGHTS = { thief: 3, thiefAhead: 2, thiefInside: 1, replaced: 1, tooLate: 1 };
