import { Controller, type MessageEvent, Sse, UseGuards } from '@nestjs/common';
import { AnyAuthGuard, CurrentUser, LiveSignIns, type Principal } from 'nestjs-aerie';
import { interval, map, type Observable, startWith } from 'rxjs';

/** Server-sent events that end with the sign-in: the last one says why. */
@Controller('events')
export class EventsController {
  constructor(private readonly live: LiveSignIns) {}

  @UseGuards(AnyAuthGuard)
  @Sse()
  events(@CurrentUser() user: Principal): Observable<MessageEvent> {
    return interval(1_000).pipe(
      startWith(-1),
      map((count): MessageEvent => ({ data: { count: count + 1 } })),
      // A browser's EventSource connects again by itself: the page closes it when this event comes.
      this.live.liveUntilSignedOut(user).operator(({ code }) => ({ type: 'signed-out', data: { code } })),
    );
  }
}
