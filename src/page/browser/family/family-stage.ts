import { button, element } from '../dom.js';
import type { Page } from '../page.js';
import type { SignInEvent } from '../sign-in-stream.js';
import { changed, described, type Family, type FamilyChange, held, NEW_FAMILY } from './family.js';
import { type LabAnswer, Laboratory } from './laboratory.js';
import { IN_WORDS, Picture } from './picture.js';
import type { Stage, Tone } from './steps.js';

/** How long a text stays before the next one comes by itself, so that it can be read. */
const LEAST_MS = 1_500;
const MS_PER_WORD = 150;
/** How long an event may take after the answer that it belongs to. */
const EVENT_MS = 800;
const MOST_LINES = 60;

/** The picture, its text, and the list of what happened. Server-sent events change the family; steps tell of it. */
export class FamilyStage {
  readonly element = element('div', { class: 'laboratory', hidden: true });
  readonly #picture: Picture;
  readonly #now = element('div', { class: 'now' });
  readonly #next = button('Next', () => this.#goOn(), { class: 'next' });
  readonly #lines = element('ol', { class: 'steps' });
  readonly #inWords = element('ul', { id: IN_WORDS });
  readonly #source = element('p', { class: 'muted' });
  readonly #endListeners = new Set<() => void>();
  #laboratory: Laboratory | null = null;
  #family: Family = NEW_FAMILY;
  /** Events of the family since the last request was sent. */
  #heard: SignInEvent[] = [];
  /** The text that is being read; the next request waits for it. */
  #reading: Promise<void> = Promise.resolve();
  #goOn: () => void = () => {};
  #isPlaying = false;

  constructor(private readonly page: Page) {
    const picture = element('div', { class: 'picture' });
    this.#picture = new Picture(picture);
    const inWords = element('details', {}, element('summary', {}, 'The picture in words'), this.#inWords);
    const soFar = element(
      'details',
      { open: true },
      element('summary', {}, 'Everything so far'),
      this.#lines,
    );
    this.#next.hidden = true;
    this.element.append(
      element('div', { class: 'telling' }, this.#now, this.#next),
      picture,
      this.#source,
      inWords,
      soFar,
    );
    page.events.onEvent((event) => this.#hear(event));
    page.events.onLive(() => this.#tellSource());
  }

  /** Whether there is a family that lives. */
  get isOpen(): boolean {
    return this.#laboratory !== null && this.#family.end === null;
  }

  onEnd(listener: () => void): void {
    this.#endListeners.add(listener);
  }

  /** Opens a sign-in to play with. Throws what the server answers when it refuses. */
  async open(): Promise<void> {
    this.#laboratory = await Laboratory.open(this.page.visitor);
    this.#lines.replaceChildren();
    this.#picture.clear();
    this.element.hidden = false;
    this.#family = NEW_FAMILY;
    this.#show(NEW_FAMILY);
    this.#tellSource();
    this.#add(
      'A second sign-in is open beside your own, and you hold its first refresh token. Press the buttons from left to ' +
        'right, or go straight to the thief.',
      'plain',
    );
  }

  close(): void {
    this.#laboratory = null;
    this.#goOn();
    this.element.hidden = true;
  }

  /** Plays a step. Throws what stopped it: the family is as the server has it, and the step can be tried again. */
  async play(name: string, step: (stage: Stage) => Promise<void>): Promise<void> {
    const laboratory = this.#laboratory;
    if (!laboratory) return;
    this.#show(held(this.#family, 'tab', null));
    this.#lines.append(element('li', { class: 'step-name' }, name));
    this.#isPlaying = true;
    try {
      await step({
        laboratory,
        family: () => this.#family,
        change: (family) => this.#show(family),
        watch: async (work, refreshes = 1) => {
          await this.#reading;
          return this.#watch(work, refreshes);
        },
        tell: async (text, tone, ...answers) => {
          await this.#reading;
          this.#add(text, tone, answers);
          this.#reading = this.#read(text);
        },
      });
    } finally {
      this.#isPlaying = false;
      // Nothing waits for the last text.
      this.#goOn();
    }
  }

  /** Until the text can have been read, or the person presses "Next". */
  #read(text: string): Promise<void> {
    return new Promise((resolve) => {
      const ms = LEAST_MS + MS_PER_WORD * text.split(' ').length;
      const timer = setTimeout(() => this.#goOn(), ms);
      this.#next.hidden = false;
      this.#goOn = () => {
        clearTimeout(timer);
        this.#next.hidden = true;
        resolve();
      };
    });
  }

  /** The server reports one event for each refresh: waits for them, for a while. */
  async #watch(work: () => Promise<LabAnswer>, refreshes: number): Promise<LabAnswer> {
    this.#heard = [];
    const answer = await work();
    const deadline = performance.now() + EVENT_MS;
    while (this.page.events.isLive && this.#heard.length < refreshes && performance.now() < deadline)
      await new Promise((over) => setTimeout(over, 20));
    if (this.#heard.length === 0) this.#show(changed(this.#family, concluded(this.#family, answer)));
    return answer;
  }

  #hear(event: SignInEvent): void {
    const isOurs = event.signInId === this.#laboratory?.signInId || event.type === 'subject_ended';
    if (!this.#laboratory || !isOurs) return;
    this.#heard.push(event);
    this.#show(changed(this.#family, event));
  }

  #show(family: Family): void {
    const isEnd = family.end !== null && this.#family.end === null;
    this.#family = family;
    this.#picture.show(family);
    this.#inWords.replaceChildren(...described(family).map((line) => element('li', {}, line)));
    if (!isEnd) return;
    if (!this.#isPlaying) this.#add('Somebody has ended this sign-in, and all its tokens are dead.', 'theft');
    for (const listener of this.#endListeners) listener();
  }

  #add(text: string, tone: Tone, answers: readonly LabAnswer[] = []): void {
    const decisions = [...answers.map(decisionOf), ...(answers.length > 0 ? this.#heard.map(eventText) : [])];
    const content = () => [
      text,
      decisions.length > 0 && element('code', { class: 'decision' }, decisions.join(' · ')),
    ];
    this.#now.className = `now is-${tone}`;
    this.#now.replaceChildren(element('p', {}, ...content()));
    this.#lines.append(element('li', { class: `is-${tone}` }, ...content()));
    while (this.#lines.childElementCount > MOST_LINES) this.#lines.firstElementChild!.remove();
    this.page.announce(text);
  }

  #tellSource(): void {
    this.#source.textContent = this.page.events.isLive
      ? 'The picture follows the events that the server sends.'
      : 'The server sends no events at the moment: the picture follows its answers.';
  }
}

/** Without an event, as from another process of the demo, the answer says what happened. */
function concluded(family: Family, { status, generation }: LabAnswer): FamilyChange {
  if (generation !== null && generation > family.newest) return { type: 'token_rotated', generation };
  if (generation !== null) return { type: 'token_replayed' };
  if (status !== 401) return { type: 'none' };
  const { thief } = family.holders;
  if (thief === undefined) return { type: 'sign_in_ended' };
  return { type: 'reuse_detected', distance: family.newest - thief };
}

function decisionOf({ status, code }: LabAnswer): string {
  return code === null ? `${status}` : `${status} ${code}`;
}

function eventText({ type, cause, reason }: SignInEvent): string {
  const why = cause ?? reason;
  return why === undefined ? type : `${type} (${why})`;
}
