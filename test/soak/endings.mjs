// What ends sign-ins on purpose, while they are being used.
const DAY_MS = 86_400_000;
const REVOKED = ['ok', 'revoked'];

/** A burst of every live family: so many presentations of each one's current token. */
function burst(episode, random, families = episode.live) {
  return families.flatMap((family) => episode.tabs(family, random.between(0, 3)));
}

async function allowed(episode, answers, words) {
  for (const answer of await Promise.all(answers)) episode.honest(answer, words);
}

/** Nothing of a family works now; one try is enough, the audit tries the rest. */
async function over(episode, families, words = ['revoked']) {
  for (const family of families) {
    const answer = await episode.present(family, family.held);
    if (!words.includes(answer.word)) episode.wrong(`a token of an ended family was answered ${answer.word}`);
  }
}

export const ENDINGS = {
  /** With any of its tokens, as the route does it, or by its id. */
  async logout(episode, family, random) {
    const answers = burst(episode, random, [family]);
    if (random.chance(0.5)) await episode.must('logout', random.pick(family.tokens));
    else await episode.must('endOne', family.subject, family.id);
    episode.ended([family], 'logout');
    await allowed(episode, answers, REVOKED);
    await over(episode, [family]);
  },

  /** Everywhere; perhaps twice at once, and while somebody signs in whose password was checked before. */
  async endAll(episode, _family, random) {
    const { subject, live } = episode;
    const limited = episode.families.filter(({ ended }) => ended?.startsWith('past its')).length;
    const worker = random.between(0, episode.run.workers.length - 1);
    const proof = `${subject}-${episode.index}-${episode.story.length}`;
    const racing = random.chance(0.6);
    if (racing) await episode.call('prove', [subject, proof], worker);
    const answers = burst(episode, random);
    const signingIn = racing ? episode.call('signInProved', [proof, 'tokens'], worker) : undefined;
    const endings = Array.from({ length: random.between(1, 2) }, () => episode.must('endAll', subject));
    const ended = (await Promise.all(endings)).reduce((sum, answer) => sum + answer.ended, 0);
    episode.ended(live, 'endAll');
    await allowed(episode, answers, REVOKED);
    const signedIn = await signingIn;
    if (signedIn?.ok) {
      const family = episode.adopt(signedIn.id, signedIn.token);
      episode.ended([family], 'endAll');
      await over(episode, [family]);
    } else if (signedIn && signedIn.word !== 'AUTH_CREDENTIALS_INVALID') {
      episode.wrong(`a sign-in was answered ${signedIn.word}`);
    }
    const expected = live.length + (signedIn?.ok ? 1 : 0);
    // Rows past a limit that are not swept yet are ended as well.
    if (ended < expected || ended > expected + limited) {
      episode.wrong(`${ended} sign-ins were said to be ended, and ${expected} were`);
    }
    await over(episode, live);
  },

  /** All but one. */
  async endOthers(episode, family, random) {
    const others = episode.live.filter((other) => other !== family);
    const answers = burst(episode, random, others);
    const kept = episode.tabs(family, random.between(1, 3));
    await episode.must('endOthers', family.subject, family.id);
    episode.ended(others, 'endOthers');
    await allowed(episode, answers, REVOKED);
    for (const answer of await Promise.all(kept)) {
      episode.honest(answer);
      family.hold(answer.token);
    }
    await over(episode, others);
  },

  /** A refresh that has read the row is overtaken by the end: it is refused as well, though it began before. */
  async overtaken(episode, family, random) {
    const { live } = episode;
    const everywhere = random.chance(0.5);
    await episode.directorySays('slow');
    const worker = random.between(0, episode.run.workers.length - 1);
    const answer = episode.call('refresh', [family.held, { measured: true }], worker);
    await episode.call('reached', [episode.subject], worker);
    if (everywhere) await episode.must('endAll', episode.subject);
    else await episode.must('logout', family.held);
    episode.ended(everywhere ? live : [family], 'overtaken');
    await episode.directorySays(null);
    const { word } = await answer;
    if (word !== 'revoked') episode.wrong(`a refresh that a revocation overtook was answered ${word}`);
  },

  /** The directory refuses the person: by a call, or found out at the next refresh. */
  async disabled(episode, _family, random) {
    const { live } = episode;
    await episode.directorySays('disabled');
    const answers = live.flatMap((family) => episode.tabs(family, random.between(1, 3)));
    if (random.chance(0.5)) await episode.must('disable', episode.subject);
    await allowed(episode, answers, ['subject_gone', 'revoked']);
    episode.ended(live, 'disabled');
    await episode.directorySays(null);
    await over(episode, live);
  },

  /** A new password: every sign-in ends but the one that changed it, which is given a new secret. */
  async credentialsChanged(episode, family, random) {
    const { live } = episode;
    const others = live.filter((other) => other !== family);
    const keep = random.chance(0.75);
    // A kept sign-in that refreshes meanwhile may lose its place, and ends with the rest.
    const crossing = keep && random.chance(0.2) ? episode.tabs(family, random.between(1, 2)) : [];
    const answers = burst(episode, random, others);
    const presented = family.held;
    const changed = await episode.call('credentialsChanged', [family.subject, keep ? presented : null]);
    episode.ended(others, 'credentialsChanged');
    await allowed(episode, answers, REVOKED);
    const crossed = await Promise.all(crossing);
    if (keep && changed.ok) {
      for (const answer of crossed) episode.honest(answer, ['superseded']);
      family.successors.set(presented, changed.token);
      family.hold(changed.token);
      episode.run.count('step-ups');
      family.hold((await episode.refresh(family)).token);
      await over(episode, others);
      return;
    }
    if (keep && !(changed.word === 'superseded' && crossing.length > 0)) {
      episode.wrong(`a change of password was answered ${changed.word}`);
    }
    episode.ended([family], 'credentialsChanged');
    for (const answer of crossed) episode.honest(answer, REVOKED);
    await over(episode, live);
  },

  /** Past its idle limit, or its absolute limit, after which the sweeper may take it. */
  async expired(episode, family, random) {
    const absolute = random.chance(0.5);
    await episode.age(family, (absolute ? 31 : 15) * DAY_MS);
    episode.ended([family], absolute ? 'past its absolute limit' : 'past its idle limit');
    const words = absolute ? ['expired', 'unknown'] : ['expired'];
    await over(episode, [family], words);
    if (absolute) await episode.must('sweep');
    await over(episode, [family], words);
  },
};

export const ENDING_WEIGHTS = {
  logout: 2,
  endAll: 3,
  endOthers: 1,
  overtaken: 2,
  disabled: 1,
  credentialsChanged: 2,
  expired: 1,
};
