import { Get, Inject, Req, Sse, UseGuards } from '@nestjs/common';
import { NEVER, startWith } from 'rxjs';
import { AnyAuthGuard, JwtAuthGuard, LiveSignIns, SessionAuthGuard } from '../../libs/auth/dist/index.js';
import { controller, first } from './plain-controller.mjs';

/** One route behind each guard, and one behind none. They answer who asks. `/events` stays open until the sign-in ends. */
export function guardedController() {
  const who = ({ user }) => ({ id: user?.id ?? null, roles: user?.roles ?? [] });
  class GuardedController {
    constructor(live) {
      this.live = live;
    }
    unguarded() {
      return { id: null, roles: [] };
    }
    session(request) {
      return who(request);
    }
    jwt(request) {
      return who(request);
    }
    any(request) {
      return who(request);
    }
    /** Stays open until the sign-in ends. */
    events({ user }) {
      const last = ({ code }) => ({ type: 'signed-out', data: { code } });
      return NEVER.pipe(startWith({ data: {} }), this.live.liveUntilSignedOut(user).operator(last));
    }
  }
  Inject(LiveSignIns)(GuardedController, undefined, 0);
  return controller(GuardedController, '', {
    unguarded: [Get('unguarded')],
    session: [Get('session'), UseGuards(SessionAuthGuard), first(Req())],
    jwt: [Get('jwt'), UseGuards(JwtAuthGuard), first(Req())],
    any: [Get('any'), UseGuards(AnyAuthGuard), first(Req())],
    events: [Sse('events'), UseGuards(AnyAuthGuard), first(Req())],
  });
}
