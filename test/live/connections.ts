import type { INestApplication, Type } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { io } from 'socket.io-client';
import { NewsController } from '../../examples/contexts/long-poll.js';
import { SocketIoGateway } from '../../examples/contexts/socket-io.js';
import { EventsController } from '../../examples/contexts/sse.js';
import { WsGateway } from '../../examples/contexts/ws.js';
import { SocketClient } from '../nest-integration/socket-client.js';
import { ISSUER } from '../support/test-app.js';

/** A client's end of a connection that a server keeps open. */
export interface Connection {
  /** The code that the client was told when the server ended it. */
  readonly ended: Promise<string>;
  /** The client goes. */
  close(): Promise<void>;
}

export type Headers = Record<string, string>;

/** One way to keep a connection open: the example that serves it, and a client of it. */
export interface Transport {
  readonly name: string;
  readonly parts: { readonly controllers?: Type[]; readonly providers?: Type[] };
  configure(app: INestApplication): void;
  /** Opens one, which the server has admitted by then. */
  open(url: string, headers: Headers): Promise<Connection>;
}

const ws: Transport = {
  name: 'a WebSocket of ws',
  parts: { providers: [WsGateway] },
  configure: (app) => void app.useWebSocketAdapter(new WsAdapter(app)),
  open: async (url, headers) => {
    const socket = await openSocket(url, headers);
    return {
      ended: socket.closed.then(({ code, reason }) => (code === 4401 ? reason : `${code} ${reason}`)),
      close: () => socket.close(),
    };
  },
};

/** A client of the example for ws, whose first message was answered. */
export async function openSocket(url: string, headers: Headers): Promise<SocketClient> {
  const socket = await SocketClient.connect(`${url.replace(/^http/, 'ws')}/ws`, {
    origin: ISSUER,
    ...headers,
  });
  const answer = await Promise.race([socket.ask('who'), socket.closed]);
  if ((answer as { event?: string }).event !== 'who') throw new Error(JSON.stringify(answer));
  return socket;
}

const socketIo: Transport = {
  name: 'Socket.IO',
  parts: { providers: [SocketIoGateway] },
  configure: (app) => void app.useWebSocketAdapter(new IoAdapter(app)),
  open: async (url, { authorization, ...headers }) => {
    const socket = io(url, {
      // A token comes as a browser sends it, which cannot set headers here.
      auth: authorization === undefined ? {} : { token: authorization.replace('Bearer ', '') },
      extraHeaders: { origin: ISSUER, ...headers },
      reconnection: false,
      forceNew: true,
    });
    const told = new Promise<string>((resolve) =>
      socket.once('exception', ({ code }: { code: string }) => resolve(code)),
    );
    const gone = new Promise<void>((resolve) => socket.once('disconnect', () => resolve()));
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    const answer = new Promise((resolve) => socket.once('who', resolve));
    socket.emit('who', {});
    await answer;
    return {
      ended: gone.then(() => told),
      close: async () => {
        socket.disconnect();
        await gone;
      },
    };
  },
};

const sse: Transport = {
  name: 'server-sent events',
  parts: { controllers: [EventsController] },
  configure: () => undefined,
  open: async (url, headers) => {
    const abort = new AbortController();
    const response = await fetch(`${url}/events`, { headers, signal: abort.signal });
    if (response.status !== 200) throw new Error(await response.text());
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = (await reader.read()).value ?? '';
    while (!text.includes('data: {"count":0}')) text += (await reader.read()).value ?? '';
    const ended = (async () => {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        text += value;
      }
      const last = text.trim().split('\n\n').at(-1)!;
      return /^event: signed-out\n(?:id: .*\n)?data: \{"code":"(\w+)"\}$/.exec(last)?.[1] ?? last;
    })();
    ended.catch(() => undefined);
    return { ended, close: async () => abort.abort() };
  },
};

const longPoll: Transport = {
  name: 'a long poll',
  parts: { controllers: [NewsController] },
  configure: () => undefined,
  open: async (url, headers) => {
    const abort = new AbortController();
    const ended = (async () => {
      const response = await fetch(`${url}/news`, { headers, signal: abort.signal });
      const { code } = (await response.json()) as { code: string };
      return response.status === 401 ? code : `${response.status} ${code}`;
    })();
    ended.catch(() => undefined);
    return { ended, close: async () => abort.abort() };
  },
};

export const TRANSPORTS: readonly Transport[] = [ws, socketIo, sse, longPoll];

/** Milliseconds until this happens. */
export async function took(what: Promise<unknown>, from = performance.now()): Promise<number> {
  await what;
  return performance.now() - from;
}
