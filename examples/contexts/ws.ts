import { UseGuards } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import type { IncomingMessage } from 'node:http';
import {
  AnyAuthGuard,
  AuthError,
  CurrentUser,
  LiveSignIns,
  type Principal,
  RequestAuthenticator,
  StoreUnavailableError,
} from 'nestjs-aerie';
import type { WebSocket } from 'ws';

/** What stands for a request whose token came in a message. */
interface TokenRequest {
  readonly headers: { readonly authorization: string };
}

/** A WebSocket (`WsAdapter` of @nestjs/platform-ws): it is closed when its sign-in ends. */
@WebSocketGateway({ path: '/ws' })
export class WsGateway implements OnGatewayConnection {
  constructor(
    private readonly requests: RequestAuthenticator,
    private readonly live: LiveSignIns,
  ) {}

  async handleConnection(client: WebSocket, request: IncomingMessage) {
    await this.admit(client, request);
  }

  /** Before its access token expires, a client refreshes and sends the new one: the connection stays open. */
  @SubscribeMessage('token')
  async renew(@ConnectedSocket() client: WebSocket, @MessageBody() token: unknown) {
    await this.admit(client, { headers: { authorization: `Bearer ${String(token)}` } });
  }

  @UseGuards(AnyAuthGuard)
  @SubscribeMessage('who')
  who(@CurrentUser() user: Principal) {
    return { event: 'who', data: user.id };
  }

  private async admit(client: WebSocket, request: IncomingMessage | TokenRequest) {
    try {
      this.live.closeWhenSignedOut(client, await this.requests.connection(client, request));
    } catch (error) {
      // 1013 is "try again later": an outage is no sign-out, and the client keeps what it holds.
      const closeCode = error instanceof StoreUnavailableError ? 1013 : 4401;
      client.close(closeCode, error instanceof AuthError ? error.code : undefined);
    }
  }
}
