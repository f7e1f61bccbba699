import { Controller, type MessageEvent, RequestMethod, Sse } from '@nestjs/common';
import { CurrentUser, type Principal } from 'nestjs-aerie';
import type { Observable } from 'rxjs';
import { SignInEvents } from './sign-in-events.js';

/** A browser that does not read is cut off at 64 Ki characters; it comes back by itself. */
// Nest 12.0 takes no method for the default where options are given, and does not know the limit.
const STREAM = { method: RequestMethod.GET, maxPendingDataLength: 65_536 };

/** Tells a signed-in user what happens to the user's own sign-ins. */
@Controller('page')
export class SignInEventsController {
  constructor(private readonly events: SignInEvents) {}

  @Sse('events', STREAM)
  stream(@CurrentUser() user: Principal): Observable<MessageEvent> {
    return this.events.of(user);
  }
}
