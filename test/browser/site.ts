import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';

export interface SitePage {
  readonly html: string;
  readonly headers?: Record<string, string | readonly string[]>;
}

/** A server of other people: pages that a test gives it, and the requests that came. */
export class Site {
  readonly pages = new Map<string, SitePage>();
  readonly requests: { readonly url: string; readonly headers: IncomingMessage['headers'] }[] = [];
  private readonly server: Server = createServer((request, response) => {
    this.requests.push({ url: request.url!, headers: request.headers });
    const page = this.pages.get(request.url!.split('?')[0]!);
    response.writeHead(page ? 200 : 404, { 'content-type': 'text/html', ...page?.headers });
    response.end(page?.html ?? 'nothing is here');
  });

  static async start(): Promise<Site> {
    const site = new Site();
    await new Promise<void>((listening) => site.server.listen(0, '127.0.0.1', listening));
    return site;
  }

  /** Makes a page, and gives its address under a host name. */
  page(host: string, path: string, html: string, headers: SitePage['headers'] = {}): string {
    this.pages.set(path, { html: `<!doctype html>${html}`, headers });
    return `http://${host}:${(this.server.address() as AddressInfo).port}${path}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** A form that a script sends as soon as its page is there. */
export const sentForm = (action: string, fields: Record<string, string> = {}, enctype = ''): string =>
  `<form method="post" action="${action}"${enctype && ` enctype="${enctype}"`}>${Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name='${name}' value='${value}'>`)
    .join('')}</form><script>document.forms[0].submit()</script>`;

/** Opens a page that sends such a form, and gives the status of the answer. Without content, the browser stays where it is. */
export async function formAnswered(page: Page, from: string, action: string): Promise<number> {
  const answered = page.waitForResponse((answer) => answer.url() === action);
  await page.goto(from, { waitUntil: 'commit' });
  const status = (await answered).status();
  if (status !== 204) await page.waitForURL(action);
  return status;
}
