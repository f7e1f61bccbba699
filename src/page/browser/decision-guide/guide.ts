import { button, element } from '../dom.js';
import { type Answers, decide, type Decision, enough, openQuestions, QUESTIONS } from './decide.js';
import type { Question } from './questions.js';

export interface GuideOptions {
  /** The address of a page of the documentation, such as `docs/sessions.md`; null: it is named without a link. */
  readonly hrefOf?: (page: string) => string | null;
}

/** Shows the five questions in an element, and the answer below them. It needs no server and keeps nothing. */
export function showGuide(root: HTMLElement, { hrefOf = () => null }: GuideOptions = {}): void {
  const answers: Partial<Answers> = {};
  const asked = (QUESTIONS as readonly Question[]).map((question) => ({
    question,
    field: fieldOf(question, (value) => {
      Object.assign(answers, { [question.id]: value });
      update();
    }),
  }));
  const progress = element('p', { role: 'status', class: 'muted' });
  const answer = element('div', { class: 'answer' });

  const update = (): void => {
    for (const { question, field } of asked) field.hidden = !question.matters(answers);
    const complete = enough(answers);
    const decision = complete && decide(complete);
    progress.textContent = decision ? `Answer: ${decision.title}` : openText(answers);
    answer.replaceChildren(...(decision ? shown(decision, hrefOf) : []));
  };

  root.append(
    element(
      'p',
      {},
      'All three come from the same sign-in and end the same way. They differ in what the client holds. Answer, and paste what comes out.',
    ),
    element('div', { class: 'questions' }, ...asked.map(({ field }) => field)),
    progress,
    answer,
  );
  update();
}

function openText(answers: Partial<Answers>): string {
  const open = openQuestions(answers).length;
  return open === 1 ? 'One question is open.' : `${open} questions are open.`;
}

function fieldOf({ id, text, choices }: Question, choose: (value: string) => void): HTMLFieldSetElement {
  const labels = choices.map(({ value, label }) =>
    element(
      'label',
      { class: 'choice' },
      element('input', { type: 'radio', name: `guide-${id}`, value, onchange: () => choose(value) }),
      element('span', {}, label),
    ),
  );
  return element('fieldset', {}, element('legend', {}, text), ...labels);
}

function shown(
  { title, why, options, client, seeAlso }: Decision,
  hrefOf: (page: string) => string | null,
): Node[] {
  const links = seeAlso.map((page) => {
    const href = hrefOf(page);
    return element('li', {}, href === null ? element('code', {}, page) : element('a', { href }, page));
  });
  return [
    element('h3', {}, title),
    element('ul', {}, ...why.map((reason) => element('li', {}, reason))),
    ...pasteBlock('The server: app.module.ts', options),
    ...pasteBlock('The client', client),
    element('h4', {}, 'Read on'),
    element('ul', {}, ...links),
  ];
}

/** A text to copy. It scrolls, so the keyboard must reach it. */
function pasteBlock(title: string, text: string): Node[] {
  const code = element(
    'pre',
    { tabindex: 0, role: 'region', 'aria-label': title },
    element('code', {}, text),
  );
  const said = element('span', { role: 'status', class: 'muted' });
  const copy = async (): Promise<void> => {
    const isCopied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    if (!isCopied) getSelection()?.selectAllChildren(code);
    said.textContent = isCopied ? 'Copied.' : 'Selected: copy it with the keyboard.';
  };
  return [
    element('h4', {}, title),
    code,
    element('p', { class: 'row' }, button('Copy', copy, { 'aria-label': `Copy: ${title}` }), said),
  ];
}
