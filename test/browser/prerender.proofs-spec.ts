// A page of the application prerenders a magic link, as Chromium also does with what a person is about to type.
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Header } from '@nestjs/common';
import { Public } from 'nestjs-aerie';
import { freshAddress, type Places, startFlows } from '../account-flows/places.js';
import { ADAPTERS } from '../support/test-app.js';
import { until } from '../support/until.js';
import { openUnwatched } from './unwatched.js';

jest.setTimeout(90_000);

const person = { address: '', mailed: async () => '', come: async () => {} };

@Public()
@Controller()
class AskingController {
  /** Asks for a link, prerenders it, and follows it when the person comes. */
  @Get('ask')
  @Header('Content-Type', 'text/html')
  ask() {
    return `<!doctype html><title>Ask</title><script type="module">
      const headers = { 'Content-Type': 'application/json' };
      const body = JSON.stringify({ identifier: '${person.address}' });
      await fetch('/auth/magic/send', { method: 'POST', headers, body });
      const link = await (await fetch('/mailed')).text();
      const rules = document.createElement('script');
      rules.type = 'speculationrules';
      rules.textContent = JSON.stringify({ prerender: [{ source: 'list', urls: [link] }] });
      document.head.append(rules);
      await fetch('/come');
      location.href = link;
    </script>`;
  }

  @Get('mailed')
  mailed() {
    return person.mailed();
  }

  @Get('come')
  async come() {
    await person.come();
    return '';
  }

  @Get()
  home() {
    return 'home';
  }
}

describe.each(ADAPTERS)('a prerendered magic link, in Chromium (%s)', (adapter) => {
  let places: Places;
  const seen: { readonly path: string; readonly purpose: string }[] = [];
  const ending: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const note = (
      request: { originalUrl?: string; url: string; headers: any },
      _: unknown,
      next: () => void,
    ) => {
      seen.push({
        path: request.originalUrl ?? request.url,
        purpose: String(request.headers['sec-purpose'] ?? ''),
      });
      next();
    };
    const configure = (app: { use(middleware: typeof note): unknown }) => void app.use(note);
    places = await startFlows({ adapter, controllers: [AskingController], configure }, { magicLink: true });
  });
  afterEach(async () => {
    for (const end of ending.splice(0)) await end();
  });
  afterAll(() => places.close());

  it('waits until the person comes, and signs in then', async () => {
    person.address = freshAddress();
    const { id } = await places.users.addVerified(person.address);
    person.mailed = async () => {
      const { pathname, hash } = new URL((await places.mailer.last(person.address, 'magic-link')).link!);
      return pathname + hash;
    };
    let comes = () => {};
    person.come = () => new Promise<void>((resolve) => (comes = resolve));
    const signIns = async () => (await places.app.authentication.listSignIns(id)).length;

    ending.push(await openUnwatched(`${places.app.url}/ask`));
    await until('the script of the link’s page is prerendered', () =>
      seen.some(({ path, purpose }) => path.endsWith('page.js') && purpose.includes('prerender')),
    );
    // Time enough for the two requests that would spend the link.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(seen.filter(({ path }) => path.startsWith('/auth/magic/open'))).toEqual([]);
    expect(await signIns()).toBe(0);
    comes();
    await until('the person is signed in', async () => (await signIns()) === 1);
    await until('the person is led home', () => seen.some(({ path }) => path === '/'));
  });
});
