/**
 * Headers of a page that a mail's link opens. It runs one script of this application and nothing else; it is kept nowhere, put
 * in no frame, and tells no other site where it was.
 */
export const LINK_PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'X-Robots-Tag': 'noindex',
};

/** Headers of its script. */
export const LINK_SCRIPT_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'text/javascript; charset=utf-8',
  'Cache-Control': 'no-cache',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

/** `script`: relative to the page, so that a proxy may put the routes under another path. All three are ours, not a request's. */
export function linkPage(
  title: string,
  script: string,
  attributes: Readonly<Record<string, string>>,
): string {
  const data = Object.entries(attributes).map(([name, value]) => ` data-${name}="${value}"`);
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width, initial-scale=1">' +
    `<title>${title}</title><script src="${script}" defer></script></head>` +
    `<body><main${data.join('')} aria-live="polite"><h1>${title}</h1>` +
    '<noscript><p>This page needs JavaScript.</p></noscript></main></body></html>\n'
  );
}
