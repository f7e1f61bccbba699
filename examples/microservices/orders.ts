import { Controller, UseGuards } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { CurrentUser, JwtAuthGuard, type Principal } from 'nestjs-aerie';
import { interval, map, type Observable, Subject } from 'rxjs';

/** Handlers of messages. The guard takes the access token from the headers of each message, over TCP and over NATS. */
@Controller()
@UseGuards(JwtAuthGuard)
export class OrdersController {
  /** Who has looked at which order. */
  readonly views = new Subject<{ readonly user: string; readonly order: unknown }>();

  @MessagePattern('orders.list')
  list(@CurrentUser() user: Principal) {
    return { of: user.id, orders: ['a book'] };
  }

  /** Many answers to one message. */
  @MessagePattern('orders.watch')
  watch(@CurrentUser() user: Principal): Observable<string> {
    return interval(50).pipe(map((n) => `${user.id} ${n}`));
  }

  /** No answer: the sender of an event hears of no refusal. */
  @EventPattern('orders.viewed')
  viewed(@CurrentUser('id') user: string, @Payload() order: unknown): void {
    this.views.next({ user, order });
  }
}
