import { runInNewContext } from 'node:vm';
import type { HttpClient } from '../support/http-client.js';

/** What a page's script did. */
export interface Ran {
  /** What the page says, a paragraph a line. */
  readonly text: string;
  /** The address bar when the script was done. */
  readonly address: string;
  /** Where the script led the browser; null: it stayed. */
  readonly left: string | null;
}

interface Node {
  textContent: string;
  id?: string;
  readonly children: Node[];
  append(child: Node): void;
  remove(): void;
}

function node(): Node {
  const children: Node[] = [];
  return { textContent: '', children, append: (child) => void children.push(child), remove: () => undefined };
}

const textOf = ({ textContent, children }: Node): string => textContent + children.map(textOf).join('');

/** Runs the script of a link's page, as a browser or a scanner with a script engine does, with the cookies of a client. */
export async function runPage(client: HttpClient, link: string): Promise<Ran> {
  const { pathname, hash } = new URL(link);
  const page = await client.get(pathname);
  const source = /<script src="([^"]+)" defer>/.exec(page.body as string)![1]!;
  const script = await client.get(new URL(source, link).pathname);
  const mode = /data-mode="(\w+)"/.exec(page.body as string)![1]!;
  const paragraphs: Node[] = [];
  const main = {
    dataset: { mode },
    querySelectorAll: () => {
      const old = [...paragraphs];
      return old.map((one) => ({ remove: () => void paragraphs.splice(paragraphs.indexOf(one), 1) }));
    },
    append: (one: Node) => void paragraphs.push(one),
  };
  let address = pathname + hash;
  let left: string | null = null;
  const running: Promise<unknown>[] = [];
  const fetched = async (path: string, { body }: { body: string }) => {
    const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
    const answer = await client.send('POST', path, { raw: body, headers });
    return { ok: answer.status < 400, status: answer.status, json: async () => answer.body as unknown };
  };
  const location = { pathname, hash, replace: (to: string) => (left = to), reload: () => undefined };
  runInNewContext(script.body as string, {
    document: { querySelector: () => main, createElement: node },
    history: { replaceState: (_state: unknown, _title: string, to: string) => (address = to) },
    location,
    addEventListener: () => undefined,
    URLSearchParams,
    fetch: (path: string, init: { body: string }) => {
      const answer = fetched(path, init);
      running.push(answer);
      return answer;
    },
  });
  // Each answer may lead to another request.
  for (let seen = -1; seen !== running.length;) {
    seen = running.length;
    await Promise.allSettled(running);
    for (let turn = 0; turn < 10; turn++) await new Promise((next) => setImmediate(next));
  }
  return { text: paragraphs.map(textOf).join('\n'), address, left };
}
