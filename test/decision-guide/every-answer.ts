import { type Answers, QUESTIONS } from '../../src/page/browser/decision-guide/questions.js';

/** Every combination of answers. */
export function everyAnswer(): readonly Answers[] {
  let all: Partial<Answers>[] = [{}];
  for (const { id, choices } of QUESTIONS)
    all = all.flatMap((answers) => choices.map(({ value }) => ({ ...answers, [id]: value })));
  return all as Answers[];
}
