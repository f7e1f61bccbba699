import { button, element } from '../dom.js';
import type { Page } from '../page.js';
import { newAccount } from '../sign-in/new-account.js';
import { FamilyStage } from './family-stage.js';
import { endFromHere, lostAnswer, refresh, type Stage, thief, twoTabs } from './steps.js';

type Step = (stage: Stage) => Promise<void>;

/** In the order in which they explain each other. */
const STEPS: readonly (readonly [name: string, play: Step])[] = [
  ['Refresh', refresh],
  ['Two tabs at once', twoTabs],
  ['Lose an answer', lostAnswer],
  ['Play the thief', thief],
  ['End it from here', endFromHere],
];

/** The laboratory of a refresh family: a sign-in to copy, to repeat and to steal, and what the server makes of it. */
export function mount(root: HTMLElement, page: Page): void {
  const stage = new FamilyStage(page);
  const start = button('Make an account for me', () => begin(async () => newAccount(page)), {
    class: 'primary',
  });
  const open = button('Open a sign-in to play with', () => begin(async () => {}), { class: 'primary' });
  const play = STEPS.map(([name, step]) => button(name, () => perform(name, step)));
  const controls = element('div', {
    class: 'row controls',
    role: 'group',
    'aria-label': 'What happens next',
  });
  const invitation = element(
    'p',
    { class: 'invitation' },
    'One click makes an account with an invented address. Nothing is mailed.',
  );
  let next = 0;
  let isBusy = false;

  root.append(
    element(
      'p',
      { class: 'lead' },
      'An app stays signed in by a refresh token, which it exchanges for a new one again and again. ',
      'Each exchange also gives an access token, which its requests carry for 15 minutes. ',
      'A thief who copies the refresh token could do the same, unseen. ',
      'Here you see how the server finds the copy, and why a lost answer or two tabs are not mistaken for theft.',
    ),
    invitation,
    controls,
    stage.element,
  );

  async function begin(prepare: () => Promise<unknown>): Promise<void> {
    await exclusively(async () => {
      await prepare();
      await stage.open();
      next = 0;
    });
  }

  async function perform(name: string, step: Step): Promise<void> {
    await exclusively(() => stage.play(name, step));
    next = Math.max(next, STEPS.findIndex(([one]) => one === name) + 1);
    arrange();
  }

  /** One at a time: a button that is pressed meanwhile does nothing, and says so to a screen reader. */
  async function exclusively(work: () => Promise<void>): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    arrange();
    await page.run(work);
    isBusy = false;
    arrange();
  }

  /** Shows the buttons that make sense now, the next one first in line of sight. Keeps the focus where it was. */
  function arrange(): void {
    const focused = document.activeElement;
    const shown = [...controls.children] as HTMLButtonElement[];
    // A step that ends the family keeps its buttons until it has told everything.
    const wanted = isBusy && shown.length > 0 ? shown : buttonsNow();
    if (wanted.some((one) => one.parentElement !== controls) || controls.childElementCount !== wanted.length)
      controls.replaceChildren(...wanted);
    invitation.hidden = wanted[0] !== start;
    wanted.forEach((one, place) => {
      one.setAttribute('aria-disabled', String(isBusy));
      if (play.includes(one)) one.classList.toggle('primary', place === Math.min(next, 3));
    });
    if (focused instanceof HTMLElement && focused !== document.body && !focused.isConnected)
      (wanted.find((one) => one.classList.contains('primary')) ?? wanted[0])?.focus();
  }

  function buttonsNow(): HTMLButtonElement[] {
    if (!page.visitor.user) return [start];
    return stage.isOpen ? play : [open];
  }

  let owner: string | undefined;
  page.visitor.onChange(() => {
    const { user } = page.visitor;
    // Also when another user takes the place of the first: the tokens here are not of that user.
    if (!user || user.id !== owner) stage.close();
    owner = user?.id;
    arrange();
  });
  stage.onEnd(arrange);
  arrange();
}
