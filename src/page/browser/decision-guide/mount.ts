import type { Mount } from '../page.js';
import { showGuide } from './guide.js';

/** The section that asks five questions and answers "session, tokens or hybrid". */
export const mount: Mount = (root) => showGuide(root);
