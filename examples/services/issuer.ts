import { randomBytes } from 'node:crypto';
import { Controller, Injectable, Module, type OnApplicationBootstrap, Post, UseGuards } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  AuthModule,
  JwtAuthGuard,
  PasswordHasher,
  Roles,
  SigningKeys,
  type UserDirectory,
} from 'nestjs-aerie';
import { ServiceClients, serviceIssuer } from 'nestjs-aerie/service-tokens';
import { authMigrations, typeOrmStores } from 'nestjs-aerie/typeorm';
import { BILLING, ISSUER, ORDERS, SECRETS } from './places.js';

/** One user, in memory. */
@Injectable()
export class Users implements UserDirectory {
  private hash: Promise<string> | undefined;

  constructor(private readonly hasher: PasswordHasher) {}

  findSubject = async (identifier: string) => (identifier === 'ada' ? 'user-1' : null);
  passwordHashOf = (_id: string) => (this.hash ??= this.hasher.hash('correct horse battery'));
  loadSubject = async (id: string) => ({ id, roles: ['admin'], scopes: ['bills:read'] });
}

/** Keys rotate by themselves; this route rotates them now. */
@Controller('keys')
@UseGuards(JwtAuthGuard)
@Roles('admin')
export class KeysController {
  constructor(private readonly keys: SigningKeys) {}

  /** The next key is published now, and signs after `managedKeys.announce`. */
  @Post('rotate')
  async rotate() {
    await this.keys.rotate();
    return this.keys.list();
  }
}

/** Signs users in, and issues tokens to services. It makes its own keys; the services find them by its URL. */
@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'better-sqlite3',
      database: ':memory:',
      autoLoadEntities: true,
      migrations: authMigrations([serviceIssuer()]),
      migrationsRun: true,
    }),
    AuthModule.forRoot({
      users: Users,
      stores: typeOrmStores(),
      features: [serviceIssuer()],
      secret: randomBytes(48).toString('base64'),
      issuer: ISSUER,
      // A sign-in's tokens are good for the service that browsers call, not for the services behind it.
      accessTokens: { audience: [ISSUER, ORDERS] },
      // So that you can watch a rotation; leave it at 14 days.
      managedKeys: { announce: '2s' },
    }),
  ],
  controllers: [KeysController],
})
export class IssuerModule implements OnApplicationBootstrap {
  constructor(private readonly clients: ServiceClients) {}

  /** In your application, register clients once, where you administer services. */
  async onApplicationBootstrap(): Promise<void> {
    await this.clients.register({
      id: 'orders',
      secret: SECRETS.orders,
      grants: ['client_credentials', 'token-exchange'],
      audiences: [ISSUER, BILLING],
      scopes: ['revocations', 'bills:read', 'bills:close'],
    });
    await this.clients.register({
      id: 'billing',
      secret: SECRETS.billing,
      audiences: [ISSUER],
      scopes: ['revocations'],
    });
  }
}
