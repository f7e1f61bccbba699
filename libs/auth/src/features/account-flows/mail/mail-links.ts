import type { LinkPaths } from '../account-flow-settings.js';

/** Where a link leads to when the application has no page for it, below the path of the routes. */
const OWN_PAGES: Readonly<Record<keyof LinkPaths, string>> = {
  verifyEmail: '/email/verify',
  reset: '/password/reset',
  magicLink: '/magic',
  confirmEmail: '/email/confirm',
  undoEmail: '/email/undo',
  notMe: '/not-me',
};

/** Links in mails. Made of the options alone, never of a request: a forged `Host` header changes none of them. */
export class MailLinks {
  constructor(
    private readonly base: string,
    private readonly paths: LinkPaths,
    private readonly routesPath: { get(): string },
  ) {}

  /** The secret is in the fragment, which browsers send to no server. */
  to(page: keyof LinkPaths, fragment: Readonly<Record<string, string>>): string {
    const path = this.paths[page] ?? `${this.routesPath.get().replace(/\/$/, '')}${OWN_PAGES[page]}`;
    return `${this.base}${path}#${new URLSearchParams(fragment).toString()}`;
  }
}
