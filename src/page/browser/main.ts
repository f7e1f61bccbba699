import { byId } from './dom.js';
import { mount as decisionGuide } from './decision-guide/mount.js';
import { mount as family } from './family/mount.js';
import { mount as inspector } from './inspector/mount.js';
import type { Mount, Page } from './page.js';
import { mount as signIn } from './sign-in/mount.js';
import { mount as signIns } from './sign-ins/mount.js';

const SECTIONS: Readonly<Record<string, Mount>> = {
  'sign-in': signIn,
  'sign-ins': signIns,
  family,
  inspector,
  'decision-guide': decisionGuide,
};

const page: Page = {
  announce: (text) => void (byId('announcements').textContent = text),
  showError: (error) => void (byId('error').textContent = String(error)),
};

for (const [id, mount] of Object.entries(SECTIONS)) mount(byId(id), page);
