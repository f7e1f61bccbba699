import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MOST = 200;
const LOOK_MS = 50;

/** A mail that was written in place of being sent. */
export interface OutboxMail {
  readonly kind: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The link to open or the code to type; null: it has neither. */
  readonly secret: string | null;
}

/** The folder of the demo's mails, from the environment. */
export const outboxFolder = (env: NodeJS.ProcessEnv): string => env['OUTBOX'] ?? 'var/outbox';

/** Mails as files of a folder, one each. A mail whose link or code was asked for is opened; the file's name says so. */
export class Outbox {
  constructor(private readonly folder: string) {}

  /** Keeps a mail, and forgets all but the newest 200. The file appears complete. */
  put(id: string, mail: OutboxMail): void {
    mkdirSync(this.folder, { recursive: true });
    const path = join(this.folder, `${Date.now()}-${id}`);
    // It holds a secret.
    writeFileSync(`${path}.part`, JSON.stringify(mail, null, 2), { mode: 0o600 });
    renameSync(`${path}.part`, `${path}.json`);
    for (const name of this.names().slice(0, -MOST)) rmSync(join(this.folder, name), { force: true });
  }

  /** Every mail, the oldest first. */
  list(): readonly OutboxMail[] {
    return this.names().map((name) => this.read(name));
  }

  /** Waits for a mail that is not opened yet, and opens it; the newest of several. Null: none came in time. */
  async open(kind: string, to: string, withinMs: number): Promise<OutboxMail | null> {
    for (const end = Date.now() + withinMs; ;) {
      for (const name of this.names().reverse()) {
        if (name.endsWith('.opened.json')) continue;
        const mail = this.read(name);
        if (mail.kind !== kind || mail.to !== to) continue;
        renameSync(join(this.folder, name), join(this.folder, name.replace(/\.json$/, '.opened.json')));
        return mail;
      }
      if (Date.now() > end) return null;
      await new Promise((look) => setTimeout(look, LOOK_MS));
    }
  }

  /** A name begins with the time, so names sort by it. */
  private names(): string[] {
    mkdirSync(this.folder, { recursive: true });
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.json'))
      .sort();
  }

  private read(name: string): OutboxMail {
    return JSON.parse(readFileSync(join(this.folder, name), 'utf8')) as OutboxMail;
  }
}
