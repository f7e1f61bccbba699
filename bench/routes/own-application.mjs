// The application with AuthModule: the unguarded route, and the same route behind the library's guards.
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthenticationService, JwtAuthGuard, ResolvedAuthOptions, SessionAuthGuard } from 'nestjs-aerie';
import { AUTH_MIGRATIONS } from 'nestjs-aerie/typeorm';
import { authModule } from '../lib/auth-application.mjs';
import { postgresConnection } from '../lib/postgres.mjs';
import { answeringController } from './answer.mjs';

const SQLITE = {
  type: 'better-sqlite3',
  database: ':memory:',
  autoLoadEntities: true,
  migrations: AUTH_MIGRATIONS,
  migrationsRun: true,
};

/** `mode`: of revocation. `prefix`: of tables on PostgreSQL, empty for SQLite in memory. */
export function ownApplication(mode, prefix) {
  return {
    imports: [
      TypeOrmModule.forRoot(prefix === '' ? SQLITE : postgresConnection(prefix, 16)),
      authModule({ revocation: { mode } }),
    ],
    controllers: [
      answeringController('unguarded'),
      answeringController('jwt', JwtAuthGuard),
      answeringController('session', SessionAuthGuard),
    ],
    /** Request headers for each route, once the application runs. */
    async credentials(app) {
      const authentication = app.get(AuthenticationService);
      const tokens = await authentication.signIn('ada', { mode: 'tokens' });
      const session = await authentication.signIn('ada', { mode: 'session' });
      const decoy = await authentication.signIn('ada', { mode: 'tokens' });
      const cookie = app.get(ResolvedAuthOptions).cookies.session.name;
      return {
        unguarded: {},
        jwt: { authorization: `Bearer ${tokens.accessToken}` },
        session: { cookie: `${cookie}=${session.sessionToken}` },
        // Of a sign-in that no line uses: a feed that knows its revocation knows the rows before it too.
        decoy: { authorization: `Bearer ${decoy.accessToken}` },
        decoySignIn: decoy.principal.signInId,
      };
    },
  };
}
