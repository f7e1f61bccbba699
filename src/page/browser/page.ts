import type { AuthClient } from 'nestjs-aerie/client';
import type { SignInStream } from './sign-in-stream.js';
import type { Visitor } from './visitor.js';

/** What the page gives to each of its sections. */
export interface Page {
  /** The client of the mode that the visitor signed in with. */
  readonly client: AuthClient;
  readonly visitor: Visitor;
  /** Security events of the visitor's own sign-ins. */
  readonly events: SignInStream;
  /** Says a sentence to people who cannot see the picture (`aria-live`). */
  announce(text: string): void;
  /** Shows an error of the API, or of the network, as a sentence with what to do. */
  showError(error: unknown): void;
  /** Does what a button asks for: clears the former error, and shows the new one if there is one. */
  run(work: () => Promise<unknown>): Promise<void>;
}

/** A section: its module exports `mount`, which fills the section's element. */
export type Mount = (root: HTMLElement, page: Page) => void;
