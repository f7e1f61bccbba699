import { button, element } from '../dom.js';
import type { Page } from '../page.js';

interface SignIn {
  readonly id: string;
  readonly kind: 'session' | 'tokens';
  readonly current: boolean;
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly ip: string | null;
  readonly user_agent: string | null;
}

/** Events after which the list may have changed. */
const CHANGES = new Set(['signed_in', 'sign_in_ended', 'subject_ended', 'reuse_detected', 'stepped_up']);
const TOGETHER_MS = 150;

/** Every place where the user is signed in, with a button that ends it. */
export function mount(root: HTMLElement, page: Page): void {
  const place = element('div');
  root.append(place);
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let newest = 0;

  /** Several events come together: the list is asked for once. */
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void show().catch((error: unknown) => page.showError(error)), TOGETHER_MS);
  };

  async function show(): Promise<void> {
    const turn = ++newest;
    if (!page.visitor.user) {
      place.replaceChildren(element('p', {}, 'Sign in to see where you are signed in.'));
      return;
    }
    const signIns = (await page.visitor.ask('GET', '/auth/sign-ins')) as SignIn[];
    if (turn !== newest) return;
    const focused = document.activeElement?.getAttribute('data-sign-in');
    place.replaceChildren(
      element(
        'p',
        {},
        `You are signed in at ${signIns.length === 1 ? 'one place' : `${signIns.length} places`}.`,
      ),
      listOf(signIns, end),
      button('Look again', again),
    );
    if (focused != null) place.querySelector<HTMLElement>(`[data-sign-in="${focused}"], button`)?.focus();
  }

  const again = () => page.run(show);
  const end = (signIn: SignIn) =>
    page.run(async () => {
      if (signIn.current) return page.client.signOut();
      await page.visitor.ask('DELETE', `/auth/sign-ins/${signIn.id}`);
      page.announce('The sign-in has ended.');
      return show();
    });

  page.visitor.onChange(soon);
  page.events.onEvent(({ type }) => {
    if (CHANGES.has(type)) soon();
  });
  // What happened while there was no stream was not heard.
  page.events.onLive((isLive) => {
    if (isLive) soon();
  });
  soon();
}

function listOf(signIns: readonly SignIn[], end: (signIn: SignIn) => unknown): HTMLElement {
  const items = signIns.map((signIn) => {
    const { id, kind, current, created_at, last_seen_at, ip, user_agent } = signIn;
    const name = current ? 'this sign-in' : `the sign-in by ${kind} of ${time(created_at)}`;
    return element(
      'li',
      {},
      element(
        'div',
        {},
        element('strong', {}, kind === 'session' ? 'Session' : 'Tokens', current && ', this one'),
        element('br'),
        `Since ${time(created_at)}, last seen ${time(last_seen_at)}, from ${ip ?? 'an unknown address'}, ${browserOf(user_agent)}`,
      ),
      button('End', () => end(signIn), { class: 'danger', 'aria-label': `End ${name}`, 'data-sign-in': id }),
    );
  });
  return element('ul', { class: 'sign-ins' }, ...items);
}

function time(iso: string): string {
  return new Date(iso).toLocaleTimeString();
}

/** The browser's name out of its user agent: the last product that is not a compatibility token. */
function browserOf(userAgent: string | null): string {
  const found = /\b(Edg|OPR|Firefox|HeadlessChrome|Chrome|Safari|curl)\/(\d+)/.exec(userAgent ?? '');
  return found ? `${found[1]} ${found[2]}` : 'an unknown browser';
}
