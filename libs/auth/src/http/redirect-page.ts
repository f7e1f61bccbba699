/** Headers of the page below: it runs nothing, loads nothing, is kept nowhere and tells no other site where it was. */
export const REDIRECT_PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'",
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * A page that leads the browser on. A browser leaves cookies with SameSite=Strict out of a request that another site's
 * redirect led to (RFC 6265bis, 5.2), and sends them with a request that a page of this application leads to. `path` was checked.
 */
export function redirectPage(path: string): string {
  const href = path.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Signed in</title>' +
    `<meta http-equiv="refresh" content="0;url=${href}"></head>` +
    `<body><a href="${href}">Continue</a></body></html>`
  );
}
