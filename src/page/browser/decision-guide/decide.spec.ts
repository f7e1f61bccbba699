import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { anchorsOf, parsePage } from '../../../../test/support/markdown.js';
import { type Answers, decide, enough, openQuestions, QUESTIONS } from './decide.js';
import { everyAnswer } from '../../../../test/decision-guide/every-answer.js';

const ask = (answers: Partial<Answers>) => decide(enough(answers)!);

describe('the decision guide', () => {
  it('asks five questions, and gives every combination of answers an answer', () => {
    const all = everyAnswer();
    expect(QUESTIONS).toHaveLength(5);
    expect(all).toHaveLength(4 * 2 * 3 * 2 * 3);
    for (const answers of all) {
      const { mode, title, why, options, client, seeAlso } = decide(answers);
      expect(['session', 'tokens', 'hybrid']).toContain(mode);
      expect(title).not.toBe('');
      expect(why.length).toBeGreaterThan(1);
      expect(new Set(why).size).toBe(why.length);
      for (const reason of why) expect(reason).toMatch(/^[A-Z"].*\.$/);
      expect(options).toContain('AuthModule.forRoot({');
      expect(client).toContain(`createAuthClient({`);
      expect(seeAlso.length).toBeGreaterThan(1);
    }
  });

  it('asks a question only where its answer can change something', () => {
    for (const answers of everyAnswer())
      for (const question of QUESTIONS) {
        const decisions = question.choices.map(({ value }) =>
          JSON.stringify(decide({ ...answers, [question.id]: value })),
        );
        if (!question.matters(answers)) expect(new Set(decisions).size).toBe(1);
      }
    const script = QUESTIONS[3];
    expect(script.matters({ client: 'single-page', site: 'same', services: 'none' })).toBe(false);
    expect(script.matters({ client: 'single-page', site: 'same', services: 'same-host' })).toBe(true);
  });

  it('knows which questions are open, and decides when none is', () => {
    expect(openQuestions({}).map(({ id }) => id)).toEqual(['client', 'services', 'ended']);
    expect(openQuestions({ client: 'both' }).map(({ id }) => id)).toEqual([
      'site',
      'services',
      'script',
      'ended',
    ]);
    expect(enough({ client: 'application', services: 'none' })).toBeNull();
    expect(enough({ client: 'application', services: 'none', ended: 'expiry' })).not.toBeNull();
  });

  const same = { site: 'same', ended: 'milliseconds' } as const;

  it.each([
    [{ client: 'pages', services: 'none' }, 'session', false],
    [{ client: 'pages', services: 'elsewhere' }, 'session', false],
    [{ client: 'single-page', services: 'none' }, 'session', false],
    [{ client: 'single-page', services: 'elsewhere', script: 'no-token' }, 'session', false],
    [{ client: 'single-page', services: 'elsewhere', script: 'short-token' }, 'hybrid', false],
    [{ client: 'single-page', services: 'same-host', script: 'short-token' }, 'hybrid', false],
    [{ client: 'single-page', services: 'same-host', script: 'no-token' }, 'hybrid', true],
    [{ client: 'single-page', site: 'other', services: 'none', script: 'short-token' }, 'tokens', false],
    [{ client: 'single-page', site: 'other', services: 'none', script: 'no-token' }, 'session', false],
    [{ client: 'application', services: 'elsewhere' }, 'tokens', false],
    [{ client: 'both', services: 'none' }, 'session', false],
    [{ client: 'both', services: 'same-host', script: 'no-token' }, 'hybrid', true],
  ] as const)('%j: %s', (answers, mode, accessTokenInCookie) => {
    expect(ask({ ...same, ...answers })).toMatchObject({ mode, accessTokenInCookie });
  });

  it('never lets script hold a token where it must not', () => {
    for (const answers of everyAnswer()) {
      const { mode, accessTokenInCookie } = decide(answers);
      const hasScript = answers.client === 'single-page' || answers.client === 'both';
      if (hasScript && answers.script === 'no-token')
        expect(mode === 'session' || accessTokenInCookie).toBe(true);
    }
  });

  it('chooses how revocations are learned, and saves nothing where sessions read the feed anyway', () => {
    const of = (answers: Partial<Answers>) => /revocation: \{ mode: '(\w+)'/.exec(ask(answers).options)?.[1];
    const application = { client: 'application', services: 'none' } as const;
    expect(of({ ...application, ended: 'milliseconds' })).toBeUndefined();
    expect(of({ ...application, ended: 'next-request' })).toBe('lookup');
    expect(of({ ...application, ended: 'expiry' })).toBe('none');
    expect(of({ client: 'pages', services: 'none', ended: 'expiry' })).toBeUndefined();
    expect(of({ client: 'pages', services: 'none', ended: 'next-request' })).toBe('lookup');
  });

  it('names pages that exist, and anchors that they have', () => {
    const named = new Set(everyAnswer().flatMap((answers) => decide(answers).seeAlso));
    const missing = [...named].filter((link) => {
      const [path = '', anchor] = link.split('#');
      if (!existsSync(path)) return true;
      return anchor !== undefined && !anchorsOf(parsePage(path, readFileSync(path, 'utf8'))).has(anchor);
    });
    expect(missing).toEqual([]);
    expect(named.size).toBeGreaterThan(6);
  });
});
