import { AuthClientError } from 'nestjs-aerie/client';
import { byId } from './dom.js';
import { mount as decisionGuide } from './decision-guide/mount.js';
import { mount as family } from './family/mount.js';
import { mount as inspector } from './inspector/mount.js';
import { Notices } from './notices.js';
import type { Mount, Page } from './page.js';
import { mount as signIn } from './sign-in/mount.js';
import { mount as signIns } from './sign-ins/mount.js';
import { SignInStream } from './sign-in-stream.js';
import { Visitor } from './visitor.js';

const SECTIONS: Readonly<Record<string, Mount>> = {
  family,
  'sign-in': signIn,
  'sign-ins': signIns,
  inspector,
  'decision-guide': decisionGuide,
};
/** Refusals that say nothing of whether the visitor is still signed in. */
const STILL_SIGNED_IN = new Set(['AUTH_CREDENTIALS_INVALID', 'AUTH_RECENT_SIGN_IN_REQUIRED']);

const notices = new Notices(byId('error'), byId('announcements'));
const visitor = new Visitor();
const events = new SignInStream(visitor);
const page: Page = {
  visitor,
  events,
  get client() {
    return visitor.client;
  },
  announce: (text) => notices.announce(text),
  showError: (error) => notices.showError(error),
  run: async (work) => {
    notices.clear();
    try {
      await work();
    } catch (error) {
      notices.showError(error);
      if (error instanceof AuthClientError && error.status === 401 && !STILL_SIGNED_IN.has(error.code ?? ''))
        await visitor.client.refresh().catch(() => null);
    }
  },
};

visitor.onChange(() => events.follow());
for (const [id, mount] of Object.entries(SECTIONS)) mount(byId(id), page);
await page.run(() => visitor.restore());
if (!isSecureContext)
  notices.show({
    happened:
      'The browser keeps no sign-in cookies on this address, because it is neither HTTPS nor this machine.',
    todo: 'Open the page as http://127.0.0.1 or http://localhost, or sign in by tokens.',
  });
