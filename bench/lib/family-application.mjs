// An application with AuthModule on PostgreSQL whose families a benchmark uses through the service alone.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthenticationService } from 'nestjs-aerie';
import { authModule } from './auth-application.mjs';
import { postgresConnection } from './postgres.mjs';

/** `sessionOptions`: settings that every connection of the pool begins with, as the `options` of libpq. */
export async function familyApplication(prefix, poolSize, sessionOptions = '') {
  const { extra, ...connection } = postgresConnection(prefix, poolSize);
  class ApplicationModule {}
  Module({
    imports: [
      TypeOrmModule.forRoot({
        ...connection,
        extra: { ...extra, ...(sessionOptions && { options: sessionOptions }) },
      }),
      authModule({ routes: false, revocation: { mode: 'none' }, sweepInterval: false }),
    ],
  })(ApplicationModule);
  const app = await NestFactory.createApplicationContext(ApplicationModule, { logger: ['error'] });
  const service = app.get(AuthenticationService);
  return {
    service,
    /** Opens a family for each subject, some at a time. */
    async open(subjects, callers) {
      const families = [];
      const queue = subjects[Symbol.iterator]();
      const opening = async () => {
        for (const subject of queue) {
          const { refreshToken, principal } = await service.signIn(subject, { mode: 'tokens' });
          families.push({ id: principal.signInId, subject, token: refreshToken });
        }
      };
      await Promise.all(Array.from({ length: callers }, opening));
      return families;
    },
    close: () => app.close(),
  };
}
