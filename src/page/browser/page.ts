/** What the page gives to each of its sections. */
export interface Page {
  /** Says a sentence to people who cannot see the picture (`aria-live`), and shows it. */
  announce(text: string): void;
  /** Shows an error of the API, or of the network, as a sentence with what to do. */
  showError(error: unknown): void;
}

/** A section: its module exports `mount`, which fills the section's element. */
export type Mount = (root: HTMLElement, page: Page) => void;
