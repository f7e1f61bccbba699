/** Who signs in, and with what. */
export interface Answers {
  readonly client: 'pages' | 'single-page' | 'application' | 'both';
  readonly site: 'same' | 'other';
  readonly services: 'none' | 'elsewhere' | 'same-host';
  readonly script: 'no-token' | 'short-token';
  readonly ended: 'milliseconds' | 'next-request' | 'expiry';
}

export type QuestionId = keyof Answers;

/** A choice of a question. */
export interface Choice<Value extends string = string> {
  readonly value: Value;
  readonly label: string;
}

export interface Question<Id extends QuestionId = QuestionId> {
  readonly id: Id;
  readonly text: string;
  readonly choices: readonly Choice<Answers[Id]>[];
  /** Whether the answer can change the outcome, given the answers so far. */
  matters(answers: Partial<Answers>): boolean;
}

/** Answers to all questions that matter. */
export type EnoughAnswers = Pick<Answers, 'client' | 'services' | 'ended'> & Partial<Answers>;

const hasScript = ({ client }: Partial<Answers>): boolean => client === 'single-page' || client === 'both';

/** The five questions, in the order in which they are asked. A question that does not matter needs no answer. */
export const QUESTIONS: readonly [
  Question<'client'>,
  Question<'site'>,
  Question<'services'>,
  Question<'script'>,
  Question<'ended'>,
] = [
  {
    id: 'client',
    text: 'What do your users sign in with?',
    choices: [
      { value: 'pages', label: 'A browser, with pages that your server renders' },
      { value: 'single-page', label: 'A browser, with a single-page application' },
      { value: 'application', label: 'A mobile or desktop application, a command line, an agent' },
      { value: 'both', label: 'A single-page application and a mobile or desktop application' },
    ],
    matters: () => true,
  },
  {
    id: 'site',
    text: 'Where do the pages come from?',
    choices: [
      { value: 'same', label: 'The site of the API: app.example.com and api.example.com are one site' },
      { value: 'other', label: 'Another site: example.net, while the API is at example.com' },
    ],
    matters: hasScript,
  },
  {
    id: 'services',
    text: 'Which other services must know the user?',
    choices: [
      { value: 'none', label: 'None: only this application' },
      { value: 'elsewhere', label: 'Services at host names of their own' },
      { value: 'same-host', label: 'Services behind the same host name, by a proxy' },
    ],
    matters: () => true,
  },
  {
    id: 'script',
    text: 'May script in your page hold an access token?',
    choices: [
      { value: 'no-token', label: 'No: injected script must not be able to take a token away' },
      { value: 'short-token', label: 'Yes, in memory: a stolen one works for 15 minutes at most' },
    ],
    // On the API's own site and with no other service, a session is the answer to both.
    matters: (answers) => hasScript(answers) && !(answers.site === 'same' && answers.services === 'none'),
  },
  {
    id: 'ended',
    text: 'A sign-in ends. How soon must every server refuse it?',
    choices: [
      { value: 'milliseconds', label: 'Within milliseconds, and a request costs no query' },
      { value: 'next-request', label: 'From the next request on, for one read a request' },
      { value: 'expiry', label: 'When its access token expires is soon enough' },
    ],
    matters: () => true,
  },
];

/** The questions that matter and have no answer yet. None: `decide` can be asked. */
export function openQuestions(answers: Partial<Answers>): readonly Question[] {
  return (QUESTIONS as readonly Question[]).filter(
    (question) => question.matters(answers) && answers[question.id] === undefined,
  );
}

/** The answers, if every question that matters has one. */
export function enough(answers: Partial<Answers>): EnoughAnswers | null {
  return openQuestions(answers).length === 0 ? (answers as EnoughAnswers) : null;
}
