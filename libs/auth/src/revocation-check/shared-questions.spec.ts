import { describe, expect, it } from '@jest/globals';
import { StoreUnavailableError } from '../errors/auth-error.js';
import { SharedQuestions } from './shared-questions.js';

/** Questions that the test answers, in the order in which they were sent. */
function asking(maxKeys?: number) {
  const questions = new SharedQuestions<string>(maxKeys);
  const sent: { readonly key: string; answer(value: string): void; fail(): void }[] = [];
  const ask = (key: string): Promise<string> =>
    questions.ask(
      key,
      () =>
        new Promise((resolve, reject) => {
          sent.push({ key, answer: resolve, fail: () => reject(new StoreUnavailableError()) });
        }),
    );
  return { ask, sent };
}
const turn = (): Promise<void> => new Promise((next) => setImmediate(next));

describe('questions about the same thing', () => {
  it('share the one that is sent after they came', async () => {
    const { ask, sent } = asking();
    const first = ask('a');
    const later = [ask('a'), ask('a'), ask('a')];
    expect(sent).toHaveLength(1);
    sent[0]!.answer('earlier');
    expect(await first).toBe('earlier');
    await turn();
    expect(sent).toHaveLength(2);
    const last = ask('a');
    sent[1]!.answer('of after');
    expect(await Promise.all(later)).toEqual(['of after', 'of after', 'of after']);
    await turn();
    sent[2]!.answer('the newest');
    expect(await last).toBe('the newest');
    const alone = ask('a');
    sent[3]!.answer('anew');
    expect(await alone).toBe('anew');
  });

  it('are sent again for those who came after one that failed', async () => {
    const { ask, sent } = asking();
    const first = ask('a');
    const second = ask('a');
    sent[0]!.fail();
    await expect(first).rejects.toBeInstanceOf(StoreUnavailableError);
    await turn();
    sent[1]!.answer('back');
    expect(await second).toBe('back');
  });

  it('are refused when too many different ones are under way, and not afterwards', async () => {
    const { ask, sent } = asking(2);
    const asked = [ask('a'), ask('b'), ask('a')];
    await expect(ask('c')).rejects.toBeInstanceOf(StoreUnavailableError);
    for (const question of sent) question.answer('yes');
    await turn();
    sent[2]!.answer('yes');
    await Promise.all(asked);
    await turn();
    const next = ask('c');
    sent[3]!.answer('yes');
    expect(await next).toBe('yes');
  });
});
