import { type ClientHttp2Session, connect } from 'node:http2';

export interface Http2Answer {
  readonly status: number;
  readonly body: any;
  readonly setCookies: readonly string[];
}

/** A client of HTTP/2 without TLS, on one connection. Bodies have no `content-length`, as browsers may leave it out. */
export class Http2Client {
  private readonly session: ClientHttp2Session;

  constructor(url: string) {
    this.session = connect(url);
  }

  /** `pieces`: what the body comes in; none, and the headers end the stream. */
  send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    pieces: readonly string[] = [],
  ): Promise<Http2Answer> {
    return new Promise((resolve, reject) => {
      const endStream = pieces.length === 0;
      const stream = this.session.request({ ':method': method, ':path': path, ...headers }, { endStream });
      let answer = { status: 0, setCookies: [] as readonly string[] };
      let text = '';
      stream.on('response', (received) => {
        answer = { status: received[':status'] ?? 0, setCookies: received['set-cookie'] ?? [] };
      });
      stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      stream.once('error', reject);
      stream.once('end', () => {
        resolve({ ...answer, body: text === '' ? undefined : JSON.parse(text) });
        stream.close();
      });
      for (const piece of pieces) stream.write(piece);
      if (!endStream) stream.end();
    });
  }

  json(
    method: string,
    path: string,
    json: object,
    headers: Record<string, string> = {},
  ): Promise<Http2Answer> {
    return this.send(method, path, { 'content-type': 'application/json', ...headers }, [
      JSON.stringify(json),
    ]);
  }

  close(): Promise<void> {
    return new Promise((closed) => this.session.close(closed));
  }
}
