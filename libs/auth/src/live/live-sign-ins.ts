import type { OnModuleDestroy } from '@nestjs/common';
import type { Principal } from '../principal/principal.js';
import type { ServicePrincipal } from '../service-tokens/service-token.js';
import { closeClient, isClosed, type SocketIoClient, whenClosed, type WsClient } from './closable-client.js';
import { LiveSignIn } from './live-sign-in.js';
import type { SignInWatch } from './sign-in-watch.js';

/**
 * Ends what outlives a request, when its sign-in ends: WebSockets, subscriptions, server-sent events, long polls, downloads. Inject
 * it wherever there is an AuthModule or a ResourceServerModule. docs/long-lived-connections.md has an example of each.
 */
export class LiveSignIns implements OnModuleDestroy {
  private readonly clients = new WeakMap<object, LiveSignIn>();

  /** @internal */
  constructor(private readonly watch: SignInWatch) {}

  /** How many different credentials the open connections of this process have: for a metric. */
  get size(): number {
    return this.watch.size;
  }

  /**
   * The sign-in of one connection, until it ends: by a logout, the end of all sign-ins, a new password, a reused refresh token, a
   * change of roles, a revoked or expired token, an idle or absolute limit. `principal`: the user of `@CurrentUser()` or of
   * `RequestAuthenticator`, or the service of `@CurrentService()`; the object itself and no copy.
   *
   * @throws TypeError for a principal that no credential of this process gave.
   * @example
   * ```ts
   * import type { LiveSignIns, Principal } from 'nestjs-aerie';
   * import { interval, map } from 'rxjs';
   *
   * // A handler with `@Sse()` returns it. Its last event tells the client why it ends.
   * export const ticks = (live: LiveSignIns, user: Principal) =>
   *   interval(1_000).pipe(
   *     map((data) => ({ data })),
   *     live.liveUntilSignedOut(user).operator(({ code }) => ({ type: 'signed-out', data: { code } })),
   *   );
   * ```
   */
  liveUntilSignedOut(principal: Principal | ServicePrincipal): LiveSignIn {
    this.watch.requireKnown(principal);
    return new LiveSignIn(this.watch, principal);
  }

  /**
   * Closes a gateway's client when its sign-in ends, at once if it has. A client of `ws` gets a close frame with code 4401 (1013
   * during an outage) and the error's code as its reason; one of Socket.IO the event `exception`, and is then disconnected. Call it
   * again when the client has shown a new token: the new principal takes the place of the former one.
   *
   * @throws TypeError for a principal that no credential of this process gave.
   * @example
   * ```ts
   * import { type LiveSignIns, type RequestAuthenticator, StoreUnavailableError } from 'nestjs-aerie';
   * import type { IncomingMessage } from 'node:http';
   * import type { WebSocket } from 'ws';
   *
   * export async function handleConnection(
   *   { requests, live }: { requests: RequestAuthenticator; live: LiveSignIns },
   *   client: WebSocket,
   *   request: IncomingMessage,
   * ) {
   *   try {
   *     live.closeWhenSignedOut(client, await requests.connection(client, request));
   *   } catch (error) {
   *     client.close(error instanceof StoreUnavailableError ? 1013 : 4401);
   *   }
   * }
   * ```
   */
  closeWhenSignedOut(client: WsClient | SocketIoClient, principal: Principal | ServicePrincipal): LiveSignIn {
    const live = this.liveUntilSignedOut(principal);
    const former = this.clients.get(client);
    this.clients.set(client, live);
    live.onEnd((reason) => closeClient(client, reason));
    // After the new one: a credential that both have stays watched.
    former?.release();
    // Its event may have come while the credential was checked.
    if (isClosed(client)) live.release();
    else if (!former) whenClosed(client, () => this.clients.get(client)?.release());
    return live;
  }

  onModuleDestroy(): void {
    this.watch.stop();
  }
}
