import { join } from 'node:path';
import type { AuthOptions, SignInMode } from 'nestjs-aerie';
import type { OwnProcess } from './servers/own-process.js';
import type { ProcessHome } from './servers/process-home.js';
import type { Adapter } from './test-app.js';
import { type TimedAnswer, type TimedRequest, timedRequest } from './timed-request.js';

const SCRIPT = join(import.meta.dirname, '../nodes/node.mjs');
const SESSION_COOKIE = '__Host-session';

/** The argument of a node, in full. */
export interface NodeConfiguration {
  readonly adapter: Adapter;
  readonly port: number;
  /** TypeORM's options. */
  readonly connection: object;
  /** Several are those of a cluster. */
  readonly redisUrl?: string | readonly string[];
  readonly options: AuthOptions;
}

/** What a sign-in on a node gave. */
export interface Credentials {
  readonly subject: string;
  readonly signInId: string;
  readonly accessToken?: string;
  readonly refreshToken?: string;
  readonly sessionToken?: string;
}

/** A process with an application, from outside. */
export class TestNode {
  private readonly former: OwnProcess[] = [];
  private process!: OwnProcess;

  constructor(
    private readonly home: ProcessHome,
    private configuration: NodeConfiguration,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.configuration.port}`;
  }

  /** Every line that it has printed, that of its former processes included. */
  get logs(): readonly string[] {
    return [...this.former, this.process].flatMap(({ logs }) => logs);
  }

  /** Starts the process, and waits until it serves. */
  async start(): Promise<void> {
    this.process = this.home.spawn(process.execPath, [SCRIPT, JSON.stringify(this.configuration)]);
    await this.process.ready(async () => (await this.request('/unguarded')).status === 200);
  }

  /** Ends it as a deployment does, and waits. */
  stop(): Promise<void> {
    return this.process.end('SIGTERM');
  }

  kill(): Promise<void> {
    return this.process.kill();
  }

  /** Another process in its place, on the same port; one that still runs is killed before. */
  async restart(): Promise<void> {
    await this.kill();
    this.former.push(this.process);
    await this.start();
  }

  /** Ends it as a deployment does, and starts it with these options changed, on the same port. */
  async redeploy(changes: Partial<AuthOptions>): Promise<void> {
    const { options } = this.configuration;
    this.configuration = { ...this.configuration, options: { ...options, ...changes } };
    await this.stop();
    this.former.push(this.process);
    await this.start();
  }

  /** It stands still: connections are accepted, and nothing is answered until `resume`. */
  suspend(): Promise<void> {
    return this.process.suspend();
  }

  resume(): void {
    this.process.resume();
  }

  /** A request with these credentials: a session's as its cookie, an access token as a bearer's. */
  request(
    path: string,
    input: TimedRequest & { readonly credentials?: Credentials } = {},
  ): Promise<TimedAnswer> {
    const { credentials: { sessionToken, accessToken } = {}, headers, ...rest } = input;
    const own = {
      ...(sessionToken !== undefined && { cookie: `${SESSION_COOKIE}=${sessionToken}` }),
      ...(sessionToken === undefined &&
        accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
    };
    return timedRequest(this.url + path, { ...rest, headers: { ...own, ...headers } });
  }

  /** A refresh by the built-in route; the successor is in the body. */
  refresh({ refreshToken }: Credentials, headers = {}): Promise<TimedAnswer> {
    return this.request('/auth/refresh', { method: 'POST', json: { refresh_token: refreshToken }, headers });
  }

  /** A logout by the built-in route. */
  logout({ sessionToken, refreshToken }: Credentials): Promise<TimedAnswer> {
    const headers: Record<string, string> = sessionToken
      ? { cookie: `${SESSION_COOKIE}=${sessionToken}`, 'sec-fetch-site': 'same-origin' }
      : {};
    const json = refreshToken === undefined ? undefined : { refresh_token: refreshToken };
    return this.request('/auth/logout', { method: 'POST', headers, json });
  }

  /** One of the control routes, such as `sign-in`, and what came of it. */
  control(command: string, json: object = {}): Promise<TimedAnswer> {
    return this.request(`/control/${command}`, { method: 'POST', json });
  }

  /** A new sign-in, which must succeed. */
  async signIn(subject: string, mode: SignInMode): Promise<Credentials> {
    const { status, body } = await this.control('sign-in', { subject, mode });
    if (status !== 200) throw new Error(`a sign-in was answered with ${status}: ${JSON.stringify(body)}`);
    return body as Credentials;
  }
}
