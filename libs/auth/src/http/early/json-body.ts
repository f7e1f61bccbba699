import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { RequestInvalidError } from '../../errors/auth-error.js';

const MAX_BYTES = 16 * 1024;
const MAX_MS = 10_000;

/**
 * Whether a body may come. In HTTP/2 the end of the stream alone tells: there is no `transfer-encoding`, and
 * `content-length` may be left out (RFC 9113, sections 8.1.1 and 8.2.2).
 */
export function hasBody(request: IncomingMessage): boolean {
  const { stream } = request as { readonly stream?: { readonly endAfterHeaders?: boolean } };
  if (request.httpVersionMajor >= 2 && stream) return stream.endAfterHeaders !== true;
  return request.headers['transfer-encoding'] !== undefined || announcesBody(request);
}

/** Whether the headers say that there is a body; else only reading tells. */
export function announcesBody({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > 0;
}

const JSON_TYPE = /^application\/json *(; *charset=("?)utf-8\2)?$/i;

/** Refuses a body by its headers: type, encoding, length. Throws RequestInvalidError. */
export function checkBodyHeaders(request: IncomingMessage): void {
  checkBodyHeadersFor(request, JSON_TYPE, 'application/json');
}

/** The same for another type. */
export function checkBodyHeadersFor({ headers }: IncomingMessage, type: RegExp, name: string): void {
  if (!type.test(headers['content-type'] ?? '')) {
    throw new RequestInvalidError(`The body must be of type ${name}, in UTF-8.`);
  }
  if (!/^(identity)?$/i.test(headers['content-encoding'] ?? '')) {
    throw new RequestInvalidError('The body must not be compressed.');
  }
  if (Number(headers['content-length'] ?? 0) > MAX_BYTES) throw tooLarge();
}

/**
 * Reads a JSON object of plain values, of at most 16 KiB; an empty body is `undefined`. `check` is called before one that
 * is not empty is parsed. Throws RequestInvalidError.
 */
export async function readJson(
  stream: Readable,
  check?: () => void,
): Promise<{ text: string; value: unknown }> {
  const text = await readText(stream);
  if (text === '') return { text, value: undefined };
  check?.();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RequestInvalidError('The body is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RequestInvalidError('The body must be a JSON object.');
  }
  // None of our bodies has members inside members; Fastify's own parser would answer for some of them.
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === 'object' || name === '__proto__' || name === 'constructor') {
      throw new RequestInvalidError('The body must be a JSON object of plain values.');
    }
  }
  return { text, value };
}

/** Reads a text of at most 16 KiB, in ten seconds. Throws RequestInvalidError. */
export async function readText(stream: Readable): Promise<string> {
  return decode(await collect(stream));
}

/** Reads a body to its end and keeps nothing of it, in ten seconds. Throws RequestInvalidError. */
export async function discard(stream: Readable): Promise<void> {
  await collect(stream, false);
}

/** By events rather than iteration: leaving an iteration early would destroy the socket before the refusal is sent. */
function collect(stream: Readable, keep = true): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer): void => {
      if (!keep) return;
      size += chunk.length;
      if (size <= MAX_BYTES) {
        chunks.push(chunk);
        return;
      }
      stream.off('data', take);
      reject(tooLarge());
    };
    stream.on('data', take);
    const timer = setTimeout(() => reject(new RequestInvalidError('The body took too long.')), MAX_MS);
    stream.once('end', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks));
    });
    stream.once('error', reject);
    stream.once('close', () => {
      clearTimeout(timer);
      reject(new Error('the connection closed'));
    });
  });
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new RequestInvalidError('The body is not UTF-8.');
  }
}

function tooLarge(): RequestInvalidError {
  return new RequestInvalidError('The body is larger than 16 KiB.');
}
