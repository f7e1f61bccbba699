/**
 * Headers of every file of the page. The policy admits nothing but files and requests of this origin: no inline script, no
 * inline style, no frame. `no-referrer` would make browsers send `Origin: null`, so the referrer stays within the origin.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  // A browser asks every time, and gets 304 until the file changes.
  'Cache-Control': 'no-cache',
};
