import { request } from 'node:http';

/** No answer is worth waiting for any longer. */
export const HANG_MS = 15_000;

/** What came of a request, and when. */
export interface TimedAnswer {
  /** 0 when there was none. */
  readonly status: number;
  /** The `code` of a refusal; without an answer `HANG`, or that of the connection's error; else null. */
  readonly code: string | null;
  readonly ms: number;
  readonly body: any;
}

export interface TimedRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
}

/** A request on a connection of its own, measured; it never throws, and is given up after 15 s. */
export function timedRequest(
  url: string,
  { method = 'GET', headers = {}, json }: TimedRequest = {},
): Promise<TimedAnswer> {
  const began = performance.now();
  const body = json === undefined ? undefined : JSON.stringify(json);
  return new Promise((resolve) => {
    const settle = (status: number, code: string | null, answer?: unknown): void => {
      clearTimeout(late);
      resolve({ status, code, ms: performance.now() - began, body: answer });
    };
    const sent = request(url, {
      method,
      agent: false,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    });
    const late = setTimeout(() => {
      settle(0, 'HANG');
      sent.destroy();
    }, HANG_MS);
    const failed = (error: NodeJS.ErrnoException): void => settle(0, error.code ?? error.message);
    sent.on('error', failed);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', failed);
      response.on('end', () => {
        const answer: any = text === '' ? undefined : JSON.parse(text);
        settle(response.statusCode!, answer?.code ?? null, answer);
      });
    });
    sent.end(body);
  });
}
