import { Get, Req, UseGuards } from '@nestjs/common';
import { AnyAuthGuard, JwtAuthGuard, SessionAuthGuard } from '../../libs/auth/dist/index.js';
import { controller, first } from './plain-controller.mjs';

/** One route behind each guard, and one behind none. They answer who asks. */
export function guardedController() {
  const who = ({ user }) => ({ id: user?.id ?? null, roles: user?.roles ?? [] });
  class GuardedController {
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
  }
  return controller(GuardedController, '', {
    unguarded: [Get('unguarded')],
    session: [Get('session'), UseGuards(SessionAuthGuard), first(Req())],
    jwt: [Get('jwt'), UseGuards(JwtAuthGuard), first(Req())],
    any: [Get('any'), UseGuards(AnyAuthGuard), first(Req())],
  });
}
