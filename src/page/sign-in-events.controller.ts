import { Controller, type MessageEvent, Sse } from '@nestjs/common';
import { CurrentUser, type Principal } from 'nestjs-aerie';
import type { Observable } from 'rxjs';
import { SignInEvents } from './sign-in-events.js';

/** Tells a signed-in user what happens to the user's own sign-ins. */
@Controller('page')
export class SignInEventsController {
  constructor(private readonly events: SignInEvents) {}

  /** A browser that does not read is cut off at 64 Ki characters; it comes back by itself. */
  @Sse('events', { maxPendingDataLength: 65_536 })
  stream(@CurrentUser() user: Principal): Observable<MessageEvent> {
    return this.events.of(user);
  }
}
