import { Controller, UseFilters, UseGuards } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { AuthExceptionFilter, CurrentUser, JwtAuthGuard, LiveSignIns, type Principal } from 'nestjs-aerie';
import { interval, map, type Observable, Subject } from 'rxjs';

/** Handlers of messages. The guard takes the access token from the headers of each message, over TCP and over NATS. */
@Controller()
@UseGuards(JwtAuthGuard)
@UseFilters(AuthExceptionFilter)
export class OrdersController {
  constructor(private readonly live: LiveSignIns) {}

  /** Who has looked at which order. */
  readonly views = new Subject<{ readonly user: string; readonly order: unknown }>();

  @MessagePattern('orders.list')
  list(@CurrentUser() user: Principal) {
    return { of: user.id, orders: ['a book'] };
  }

  /** Many answers to one message, until the sign-in ends: the last one is the error. */
  @MessagePattern('orders.watch')
  watch(@CurrentUser() user: Principal): Observable<string> {
    const signedIn = this.live.liveUntilSignedOut(user);
    return interval(50).pipe(
      map((n) => `${user.id} ${n}`),
      signedIn.operator(),
    );
  }

  /** No answer: the sender of an event hears of no refusal. */
  @EventPattern('orders.viewed')
  viewed(@CurrentUser('id') user: string, @Payload() order: unknown): void {
    this.views.next({ user, order });
  }
}
