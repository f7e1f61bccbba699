import {
  HttpException,
  HttpStatus,
  Injectable,
  type MessageEvent,
  type OnModuleDestroy,
} from '@nestjs/common';
import { LiveSignIns, type Principal, type SecurityEvent, SecurityEvents } from 'nestjs-aerie';
import { defer, filter, finalize, interval, map, merge, type Observable, of, Subject, takeUntil } from 'rxjs';

const HEARTBEAT_MS = 15_000;
/** A browser opens six connections to a host at most. */
const MOST_OF_ONE_USER = 12;
const MOST = 500;

/** Members that reach a browser. Addresses and user agents stay in the log; a token is in no event at all. */
const MEMBERS = [
  'signInId',
  'mode',
  'reason',
  'generation',
  'ageMs',
  'sameIp',
  'sameUserAgent',
  'generations',
  'distance',
  'cause',
  'ended',
  'methods',
] as const;

/**
 * The security events of one user, as server-sent events. They are those of this process: another process of the same
 * demo tells its own visitors.
 */
@Injectable()
export class SignInEvents implements OnModuleDestroy {
  private readonly shutdown = new Subject<void>();
  private readonly open = new Map<string, number>();
  private total = 0;

  constructor(
    private readonly events: SecurityEvents,
    private readonly live: LiveSignIns,
  ) {}

  /**
   * What happens to the user's sign-ins from now on, after a first message `open`. It ends with the sign-in of this request,
   * after a message `signed-out` that says why, and when the process shuts down.
   *
   * @throws HttpException 429 for a user with twelve open streams, 503 when the process has 500.
   */
  of(user: Principal): Observable<MessageEvent> {
    this.checkRoom(user.id);
    // Counted from the subscription on: Nest does not subscribe for a client that has left.
    return defer(() => {
      this.count(user.id, 1);
      return this.messages(user);
    }).pipe(
      this.live
        .liveUntilSignedOut(user)
        .operator(({ code }): MessageEvent => ({ type: 'signed-out', data: { code } })),
      takeUntil(this.shutdown),
      finalize(() => this.count(user.id, -1)),
    );
  }

  /** An open stream would keep the server from closing. */
  onModuleDestroy(): void {
    this.shutdown.next();
    this.shutdown.complete();
  }

  private messages(user: Principal): Observable<MessageEvent> {
    return merge(
      of({ type: 'open', data: { signInId: user.signInId } }),
      interval(HEARTBEAT_MS).pipe(map(() => ({ type: 'heartbeat', data: {} }))),
      this.events.events$.pipe(
        filter((event) => subjectOf(event) === user.id),
        map((event) => ({ type: 'security', data: shown(event) })),
      ),
    );
  }

  private checkRoom(subject: string): void {
    if ((this.open.get(subject) ?? 0) >= MOST_OF_ONE_USER)
      throw new HttpException('You have too many open pages: close one.', HttpStatus.TOO_MANY_REQUESTS);
    if (this.total >= MOST)
      throw new HttpException('Too many pages are open: try again later.', HttpStatus.SERVICE_UNAVAILABLE);
  }

  private count(subject: string, change: 1 | -1): void {
    const own = (this.open.get(subject) ?? 0) + change;
    if (own === 0) this.open.delete(subject);
    else this.open.set(subject, own);
    this.total += change;
  }
}

function subjectOf(event: SecurityEvent): string | null {
  return 'subject' in event ? (event.subject ?? null) : null;
}

/** An event as the page gets it. */
function shown(event: SecurityEvent): Record<string, unknown> {
  const members = event as unknown as Record<string, unknown>;
  const known = MEMBERS.filter((name) => members[name] !== undefined && members[name] !== null);
  return {
    type: event.type,
    at: new Date().toISOString(),
    ...Object.fromEntries(known.map((name) => [name, members[name]])),
  };
}
