import { AuthClientError } from 'nestjs-aerie/client';
import { button, element } from './dom.js';
import { type ErrorSentence, sentenceOf } from './errors/sentences.js';

/** The client's own code for a server that did not answer; a `TypeError` of `fetch` means the same. */
const UNREACHABLE = 'AUTH_CLIENT_UNREACHABLE';

/** What happened and what to do, for whatever was thrown. */
export function sentenceFor(error: unknown): ErrorSentence {
  if (error instanceof AuthClientError && error.code !== UNREACHABLE) {
    const { code, message, status, retryAfter, details } = error;
    return sentenceOf(code, { ...details, message, status, ...(retryAfter !== null && { retryAfter }) });
  }
  if (error instanceof AuthClientError || error instanceof TypeError) return sentenceOf(null);
  console.error(error);
  return { happened: 'The page itself has failed.', todo: 'Reload it.' };
}

/** The page's error line, and the line for people who do not see the picture. */
export class Notices {
  constructor(
    private readonly errors: HTMLElement,
    private readonly announcements: HTMLElement,
  ) {}

  announce(text: string): void {
    this.announcements.textContent = text;
  }

  showError(error: unknown): void {
    const { happened, todo } = sentenceFor(error);
    this.errors.replaceChildren(
      element('strong', {}, happened),
      ' ',
      todo,
      ' ',
      button('Close', () => this.clear(), { class: 'quiet', 'aria-label': 'Close this message' }),
    );
    this.errors.hidden = false;
  }

  clear(): void {
    this.errors.replaceChildren();
    this.errors.hidden = true;
  }
}
