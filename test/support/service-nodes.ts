import { join } from 'node:path';
import type { ResourceServerOptions } from 'nestjs-aerie/resource-server';
import { freePort } from './processes.js';
import type { OwnProcess } from './servers/own-process.js';
import { ProcessHome } from './servers/process-home.js';
import { timedRequest } from './timed-request.js';

const SCRIPT = join(import.meta.dirname, '../nodes/service-node.mjs');

/** Processes that verify an issuer's tokens, from outside. */
export class ServiceNodes {
  private constructor(
    private readonly home: ProcessHome,
    readonly urls: readonly string[],
    private readonly processes: readonly OwnProcess[],
  ) {}

  /** `options`: what JSON can hold of them, for each. */
  static async start(options: readonly ResourceServerOptions[]): Promise<ServiceNodes> {
    const home = new ProcessHome();
    const urls: string[] = [];
    const processes: OwnProcess[] = [];
    try {
      for (const given of options) {
        const port = await freePort();
        urls.push(`http://127.0.0.1:${port}`);
        processes.push(home.spawn(process.execPath, [SCRIPT, JSON.stringify({ port, options: given })]));
      }
      await Promise.all(
        processes.map((one, i) =>
          one.ready(async () => (await timedRequest(`${urls[i]}/unguarded`, {})).status === 200),
        ),
      );
    } catch (error) {
      await home.close();
      throw error;
    }
    return new ServiceNodes(home, urls, processes);
  }

  /** Every line that any of them has printed. */
  get logs(): readonly string[] {
    return this.processes.flatMap(({ logs }) => logs);
  }

  /** Ends them at once. */
  close(): Promise<void> {
    return this.home.close();
  }
}
