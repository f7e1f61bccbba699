import { button, element } from '../dom.js';
import { sentenceOf } from '../errors/sentences.js';
import type { Mount } from '../page.js';
import { exampleToken } from './example-token.js';
import { type Grounds, inspect, NoPublicKeys, type PublicKeys, readPublicKeys } from './inspect.js';
import { shownInspection, summaryOf } from './shown-inspection.js';

const JWKS = '/.well-known/jwks.json';
const DEADLINE_MS = 10_000;
const TICK_MS = 1_000;
/** A longer text is not read again as time passes. */
const MAX_TICKING = 20_000;

/** Nothing that is typed here is offered again, corrected by a service, or kept for the way back. */
const PRIVATE = { autocomplete: 'off', autocapitalize: 'off', autocorrect: 'off', spellcheck: 'false' };

/** The section that tells what a token says. The text stays in its field: no request is sent with it, and nothing is stored. */
export const mount: Mount = (root) => {
  const token = element('textarea', { id: 'inspector-token', rows: 5, ...PRIVATE });
  const keyText = element('textarea', { id: 'inspector-keys', rows: 4, ...PRIVATE });
  const issuer = element('input', { id: 'inspector-issuer', placeholder: location.origin, ...PRIVATE });
  const audience = element('input', { id: 'inspector-audience', placeholder: location.origin, ...PRIVATE });
  const status = element('p', { role: 'status', class: 'muted' });
  const keyStatus = element('p', { role: 'status', class: 'muted' });
  const result = element('div', { class: 'inspected' });
  let run = 0;
  let shown = '';

  const keys = (): PublicKeys | null => {
    if (keyText.value.trim() === '') return null;
    try {
      const read = readPublicKeys(keyText.value);
      say(keyStatus, `Keys: ${read.keys.map(({ kid, alg }) => `${kid} (${alg})`).join(', ')}`);
      return read;
    } catch (error) {
      if (!(error instanceof NoPublicKeys)) throw error;
      say(keyStatus, error.message);
      return null;
    }
  };
  const update = async (): Promise<void> => {
    const mine = (run += 1);
    const grounds: Grounds = {
      keys: keys(),
      issuer: issuer.value.trim(),
      audience: audience.value.trim(),
      now: Date.now(),
    };
    const inspection = await inspect(token.value, grounds);
    // Another text was given meanwhile.
    if (mine !== run) return;
    const now = JSON.stringify(inspection);
    if (now === shown) return;
    shown = now;
    say(status, summaryOf(inspection));
    // What is shown below says it to the eye.
    status.className = inspection.tokens.length > 0 ? 'visually-hidden' : 'muted';
    result.replaceChildren(...shownInspection(inspection));
  };
  const clear = (): void => {
    for (const field of [token, keyText, issuer, audience]) field.value = '';
    keyStatus.textContent = '';
    void update();
  };
  const fetchKeys = async (): Promise<void> => {
    keyStatus.textContent = 'Asking for the keys…';
    const fetched = await publishedKeys();
    if ('keys' in fetched) {
      keyText.value = fetched.keys;
      await update();
    } else keyStatus.textContent = fetched.failed;
  };

  for (const field of [token, keyText, issuer, audience])
    field.addEventListener('input', () => void update());
  // A page that is left stays in memory for the way back: without what was pasted.
  addEventListener('pagehide', clear);
  setInterval(() => {
    if (token.value !== '' && token.value.length <= MAX_TICKING && !document.hidden) void update();
  }, TICK_MS);

  root.append(
    element(
      'p',
      {},
      'Paste a token, a Cookie header, or anything else. It is read on this page alone: it is sent nowhere and stored nowhere.',
    ),
    element('label', { for: token.id }, 'Token'),
    token,
    element(
      'p',
      { class: 'row' },
      button('Show an example', () => {
        token.value = exampleToken(location.origin, Date.now());
        void update();
      }),
      button('Clear', () => {
        clear();
        token.focus();
      }),
    ),
    element(
      'details',
      {},
      element('summary', {}, 'Check the signature, the issuer and the audience'),
      element('label', { for: keyText.id }, 'Public keys (JWK set)'),
      keyText,
      element('p', { class: 'row' }, button('Fetch the keys of this server', fetchKeys)),
      element(
        'p',
        { class: 'muted' },
        `Asks ${JWKS} for the public keys, without your token and without cookies.`,
      ),
      keyStatus,
      element('label', { for: issuer.id }, 'Issuer that you expect'),
      issuer,
      element('label', { for: audience.id }, 'Audience that you expect'),
      audience,
    ),
    status,
    result,
  );
};

/** The same text again is not said again. */
function say(status: HTMLElement, text: string): void {
  if (status.textContent !== text) status.textContent = text;
}

/** The public keys of this server: the request holds nothing of the page. */
async function publishedKeys(): Promise<{ readonly keys: string } | { readonly failed: string }> {
  let status: number | undefined;
  try {
    const answer = await fetch(JWKS, {
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    if (answer.ok) return { keys: await answer.text() };
    status = answer.status;
  } catch {
    // No answer.
  }
  const { happened, todo } = sentenceOf(null, { status });
  return { failed: `${happened} ${todo}` };
}
