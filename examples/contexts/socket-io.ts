import { UseGuards } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import {
  AnyAuthGuard,
  AuthError,
  CurrentUser,
  LiveSignIns,
  type Principal,
  RequestAuthenticator,
} from 'nestjs-aerie';
import type { Socket } from 'socket.io';

/** What stands for a request whose token came in another way than by its headers. */
interface TokenRequest {
  readonly headers: { readonly authorization: string };
}

/** Socket.IO (`IoAdapter` of @nestjs/platform-socket.io): a client is disconnected when its sign-in ends. */
@WebSocketGateway()
export class SocketIoGateway implements OnGatewayConnection {
  constructor(
    private readonly requests: RequestAuthenticator,
    private readonly live: LiveSignIns,
  ) {}

  /** By a cookie or header of the handshake, or by the client's option `auth: { token }`. */
  async handleConnection(client: Socket) {
    const { token } = client.handshake.auth as { readonly token?: unknown };
    await this.admit(client, token === undefined ? client.handshake : bearing(token));
  }

  /** Before its access token expires, a client refreshes and sends the new one: the connection stays open. */
  @SubscribeMessage('token')
  async renew(@ConnectedSocket() client: Socket, @MessageBody() token: unknown) {
    await this.admit(client, bearing(token));
  }

  @UseGuards(AnyAuthGuard)
  @SubscribeMessage('who')
  who(@CurrentUser() user: Principal) {
    return { event: 'who', data: user.id };
  }

  private async admit(client: Socket, request: Socket['handshake'] | TokenRequest) {
    try {
      this.live.closeWhenSignedOut(client, await this.requests.connection(client, request));
    } catch (error) {
      // The code tells a sign-out from an outage, at which a client keeps what it holds.
      if (error instanceof AuthError)
        client.emit('exception', { status: 'error', code: error.code, message: error.message });
      client.disconnect(true);
    }
  }
}

const bearing = (token: unknown): TokenRequest => ({ headers: { authorization: `Bearer ${String(token)}` } });
