import type { HttpAdapterHost } from '@nestjs/core';
import { FLOW_PAGE_SCRIPT } from './flow-page-script.js';
import { LINK_PAGE_HEADERS, LINK_SCRIPT_HEADERS, linkPage } from './link-page.js';

interface FlowPage {
  readonly title: string;
  /** Relative to the page. */
  readonly script: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const ONE_UP = '../link-page.js';
const UNDO =
  'Everyone is signed out of this account, and its password is removed. A mail leads you to a new one.';

const PAGES = {
  verifyEmail: {
    title: 'Verify your e-mail address',
    script: ONE_UP,
    attributes: {
      field: 'current_password',
      label: 'The password of the account, if you chose one',
      hint: 'If you leave it out, a password that was chosen before is removed: it may be of a person who used your address.',
      button: 'Verify the address',
      done: 'Your e-mail address is verified.',
    },
  },
  reset: {
    title: 'Choose a new password',
    script: ONE_UP,
    attributes: {
      field: 'password',
      required: 'yes',
      label: 'New password',
      hint: 'All devices are signed out of this account.',
      button: 'Set the password',
      done: 'The new password is set. Sign in with it.',
    },
  },
  confirmEmail: {
    title: 'Confirm your new e-mail address',
    script: ONE_UP,
    attributes: {
      hint: 'The account gets the new address. All other devices are signed out.',
      button: 'Confirm the address',
      done: 'The account has the new e-mail address.',
    },
  },
  undoEmail: {
    title: 'Keep your former e-mail address',
    script: ONE_UP,
    attributes: {
      hint: UNDO,
      button: 'Keep the former address',
      done: 'The account has the former address.',
    },
  },
  notMe: {
    title: 'This was not me',
    script: 'link-page.js',
    attributes: {
      hint: UNDO,
      button: 'This was not me',
      done: 'The account is locked until you choose a new password.',
    },
  },
} as const satisfies Record<string, FlowPage>;

/**
 * Pages that links in mails lead to, where the application has none of its own. Neither GET nor HEAD spends a link: it is in the
 * fragment, and a person presses a button.
 */
export class FlowPages {
  constructor(private readonly host: HttpAdapterHost) {}

  /** Sets the headers of a page, and gives its text. */
  page(name: keyof typeof PAGES, response: unknown): string {
    this.setHeaders(response, LINK_PAGE_HEADERS);
    const { title, script, attributes } = PAGES[name];
    return linkPage(title, script, attributes);
  }

  /** The same for the script of all of them. */
  script(response: unknown): string {
    this.setHeaders(response, LINK_SCRIPT_HEADERS);
    return FLOW_PAGE_SCRIPT;
  }

  private setHeaders(response: unknown, headers: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(headers))
      this.host.httpAdapter.setHeader(response, name, value);
  }
}
