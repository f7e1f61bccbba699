// What an application on express-session has of its own: a guard that asks for the session's user, and a login.
import { Controller, Post, Req } from '@nestjs/common';

export class HasSessionUser {
  canActivate(context) {
    return context.switchToHttp().getRequest().session.user !== undefined;
  }
}

/** POST /login begins a session. */
export class LoginController {
  login(request) {
    request.session.user = { id: 'ada', roles: ['user'] };
  }
}
Post()(
  LoginController.prototype,
  'login',
  Object.getOwnPropertyDescriptor(LoginController.prototype, 'login'),
);
Req()(LoginController.prototype, 'login', 0);
Controller('login')(LoginController);

/** The cookie of a session of its own, as a request header. */
export async function sessionCookie(app) {
  const response = await fetch(`${await app.getUrl()}/login`, { method: 'POST' });
  return { cookie: response.headers.getSetCookie()[0].split(';')[0] };
}
