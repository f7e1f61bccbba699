import { connect } from 'node:net';

/** The status, and the `code` of a body of ours. */
export interface RawAnswer {
  readonly status: number;
  readonly text: string;
  readonly code: string | undefined;
}

/** Sends a request target byte by byte as it is given: clients would bring it into a form of their own. */
export function rawRequest(
  url: string,
  method: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const lines = Object.entries({ host: `${hostname}:${port}`, connection: 'close', ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(Buffer.from(`${method} ${target} HTTP/1.1\r\n${head}\r\n`, 'utf8'));
    });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      const text = Buffer.concat(chunks).toString();
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
      resolve({ status, text, code: /"code":"(\w+)"/.exec(text)?.[1] });
    });
  });
}
