import { REDIRECT_PAGE_HEADERS } from '../../../http/redirect-page.js';

/**
 * Headers of the pages below. They run nothing and load nothing, no other site may show them in a frame, and their form goes to
 * this application alone. Browsers send `Origin` with that form, which `no-referrer` would make `null`.
 */
export const HANDOVER_PAGE_HEADERS: Readonly<Record<string, string>> = {
  ...REDIRECT_PAGE_HEADERS,
  'Content-Security-Policy':
    "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'Referrer-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

const page = (title: string, body: string): string =>
  '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
  '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">' +
  `<title>${title}</title></head><body><h1>${title}</h1>${body}</body></html>`;

/** Names the account and waits for a click. `replaced`: the sign-in of another account that ends here; null: none is known. */
export function askingPage(accountName: string, replaced: string | null): string {
  const account = `<strong>${escaped(accountName)}</strong>`;
  const question =
    replaced === null
      ? `<p>An application asks to sign this browser in as ${account}. Continue only if you have just asked for it.</p>`
      : `<p>Another account is signed in in this browser. It is signed out here if you continue as ${account}. Continue only if you have just asked for it in an application.</p>`;
  const field = replaced === null ? '' : `<input type="hidden" name="replaced" value="${escaped(replaced)}">`;
  const label = replaced === null ? 'Continue' : 'Sign out the other account and continue';
  return page(
    'Sign in',
    `${question}<form method="post" action="">${field}<button type="submit">${label}</button></form>`,
  );
}

/** For a link that opens nothing. */
export const INVALID_PAGE = page(
  'This link is not valid any more',
  '<p>It was opened before, or a minute has passed. Go back to the application and ask for a new one.</p>',
);
