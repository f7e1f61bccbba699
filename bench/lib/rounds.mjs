// Measures several things in turn, round after round, so that each meets the same noise of the machine.
import { progress } from './progress.mjs';

/**
 * Calls `measure(subject)` for every subject in every round, in reversed order every other round. Returns a map from
 * each subject to its measurements, one per round.
 */
export async function measureInTurn(title, subjects, rounds, measure) {
  const measurements = new Map(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < rounds; round++) {
    progress(`${title}: round ${round + 1} of ${rounds}`);
    const order = round % 2 === 0 ? subjects : [...subjects].reverse();
    for (const subject of order) measurements.get(subject).push(await measure(subject));
  }
  return measurements;
}
