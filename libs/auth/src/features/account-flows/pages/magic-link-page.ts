import { linkPage } from './link-page.js';

/**
 * The page of a link that signs in. The token is in the fragment, which no server sees. The script takes it out of the address
 * bar and asks what to do with it: in the browser that asked, it signs in; elsewhere, it shows the code. Neither a GET nor a
 * script that runs in another browser spends the link, nor does a page that the browser prerenders: it waits until a person opens it.
 */
export const magicLinkPage = (mode: 'session' | 'hybrid'): string =>
  linkPage('Sign in', 'magic/page.js', { mode });

/** Its script: plain JavaScript for browsers, sent as it stands here. */
export const MAGIC_LINK_SCRIPT = `'use strict';
(() => {
  const main = document.querySelector('main');
  const say = (...lines) => {
    for (const old of main.querySelectorAll('p')) old.remove();
    for (const line of lines) {
      const p = document.createElement('p');
      if (line.code) {
        const code = document.createElement('strong');
        code.id = 'code';
        code.textContent = line.code;
        p.append(code);
      } else p.textContent = line;
      main.append(p);
    }
  };
  const here = location.pathname.replace(/\\/$/, '');
  const post = async (path, body) => {
    const response = await fetch(here + path, {
      method: 'POST',
      credentials: 'same-origin',
      referrerPolicy: 'no-referrer',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { ok: response.ok, status: response.status, body: await response.json().catch(() => ({})) };
  };
  const failed = ({ status }) =>
    status === 400
      ? say('This link is not valid: it was used, or it is too old. Ask for a new one.')
      : say('This did not work. Open the link again in a moment.');
  const begin = async () => {
    const token = new URLSearchParams(location.hash.slice(1)).get('token');
    history.replaceState(null, '', location.pathname);
    if (!token) return say('Open the link in the mail again.');
    const opened = await post('/open', { token });
    if (!opened.ok) return failed(opened);
    if (!opened.body.asked_here)
      return say(
        'Type this code where you asked for the link:',
        { code: opened.body.code },
        'If you did not ask for it, close this page, and do not share the code.',
      );
    const done = await post('', { token, mode: main.dataset.mode });
    if (!done.ok) return failed(done);
    location.replace('/');
  };
  addEventListener('hashchange', () => location.reload());
  const start = () => void begin().catch(() => say('This did not work. Open the link again in a moment.'));
  if (document.prerendering) document.addEventListener('prerenderingchange', start, { once: true });
  else start();
})();
`;
