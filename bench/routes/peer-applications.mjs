// Applications without AuthModule: the unguarded route, passport-jwt through @nestjs/passport, express-session.
import { createSecretKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import session from 'express-session';
import jwt from 'jsonwebtoken';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { answeringController } from './answer.mjs';
import { HasSessionUser, LoginController, sessionCookie } from './session-user.mjs';

const SECRET = 'a secret of at least thirty-two bytes, for benchmarks';

/** The strategy of the Nest documentation; `secretOrKey` is all that varies. */
function jwtStrategy(name, secretOrKey) {
  class JwtStrategy extends PassportStrategy(Strategy, name) {
    constructor() {
      super({
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKey,
        algorithms: ['HS256'],
        issuer: 'https://api.example.com',
        audience: 'https://api.example.com',
      });
    }
    validate(payload) {
      return { id: payload.sub, roles: payload.roles };
    }
  }
  Injectable()(JwtStrategy);
  return JwtStrategy;
}

export function passportApplication() {
  return {
    controllers: [
      answeringController('unguarded'),
      answeringController('passport-jwt-string', AuthGuard('peer-string')),
      answeringController('passport-jwt-key', AuthGuard('peer-key')),
    ],
    providers: [
      jwtStrategy('peer-string', SECRET),
      jwtStrategy('peer-key', createSecretKey(Buffer.from(SECRET))),
    ],
    async credentials() {
      // The claims of the library's own access tokens, so that both are of about the same length.
      const claims = {
        sid: crypto.randomUUID(),
        sep: Date.now(),
        gep: 0,
        auth_time: 1,
        amr: [],
        roles: ['user'],
      };
      const token = jwt.sign({ ...claims, scope: '' }, SECRET, {
        algorithm: 'HS256',
        subject: 'ada',
        issuer: 'https://api.example.com',
        audience: 'https://api.example.com',
        jwtid: crypto.randomUUID(),
        expiresIn: '1h',
      });
      const headers = { authorization: `Bearer ${token}` };
      return { unguarded: {}, 'passport-jwt-string': headers, 'passport-jwt-key': headers };
    },
  };
}

/** express-session with its default store, which keeps sessions in the memory of the process. */
export function expressSessionApplication() {
  return {
    controllers: [LoginController, answeringController('express-session', HasSessionUser)],
    configure(app) {
      app.use(session({ secret: SECRET, resave: false, saveUninitialized: false }));
    },
    async credentials(app) {
      return { 'express-session': await sessionCookie(app) };
    },
  };
}
