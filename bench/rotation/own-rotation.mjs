// The library's own rotation: the store's statement alone, after its read, and the whole refresh of the service.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthenticationService, ResolvedAuthOptions } from 'nestjs-aerie';
import { AuthStores } from 'nestjs-aerie/stores';
// Not part of the public API: the codec is measured without what is above it.
import { RefreshTokenCodec } from '../../libs/auth/dist/refresh-tokens/refresh-token-codec.js';
import { authModule } from '../lib/auth-application.mjs';
import { postgresConnection } from '../lib/postgres.mjs';

/** An application with `count` families for each way to rotate, none of which another way touches. */
export async function ownRotation(prefix, callers, count, options = {}) {
  class ApplicationModule {}
  Module({
    imports: [
      TypeOrmModule.forRoot(postgresConnection(prefix, callers)),
      authModule({ routes: false, revocation: { mode: 'none' }, sweepInterval: false, ...options }),
    ],
  })(ApplicationModule);
  const app = await NestFactory.createApplicationContext(ApplicationModule, { logger: ['error'] });
  const service = app.get(AuthenticationService);
  const store = app.get(AuthStores).families;
  const codec = app.get(RefreshTokenCodec);
  const { refreshTokens: rules } = app.get(ResolvedAuthOptions);

  const open = async () => {
    const families = [];
    for (let i = 0; i < count; i++) {
      const subject = `user-${i}`;
      const { refreshToken, principal } = await service.signIn(subject, { mode: 'tokens' });
      families.push({ id: principal.signInId, subject, token: refreshToken });
    }
    return families;
  };

  const rotate = async (family) => {
    const token = codec.parse(family.token);
    const successor = codec.successor(token);
    const outcome = await store.rotate({
      familyId: token.familyId,
      subject: family.subject,
      presented: { generation: token.generation, hash: token.hash, attemptHash: null, userAgent: null },
      successorHash: successor.hash,
      salt: successor.salt,
      idleMs: rules.idleMs,
      onReuse: rules.onReuse,
      rules,
      ip: null,
      waitedMs: () => 0,
    });
    if (outcome.kind !== 'rotated') throw new Error(`the store says ${outcome.kind}`);
    family.token = successor.token;
  };

  return {
    alone: { families: await open(), step: rotate },
    read: {
      families: await open(),
      async step(family) {
        if (!(await store.read(family.id))) throw new Error('the family is gone');
        await rotate(family);
      },
    },
    service: {
      families: await open(),
      async step(family) {
        family.token = (await service.refresh(family.token)).refreshToken;
      },
    },
    close: () => app.close(),
  };
}
