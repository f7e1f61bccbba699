import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Module,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule, CurrentUser, JwtAuthGuard, type Principal, Roles, RolesGuard } from 'nestjs-aerie';
import { AUTH_ENTITIES, AUTH_MIGRATIONS, typeOrmStores } from 'nestjs-aerie/typeorm';
import { Settings, SETTINGS, SettingsModule } from './settings.js';
import { Users, UsersModule } from './users.js';

const SQLITE = {
  type: 'better-sqlite3',
  database: ':memory:',
  migrations: AUTH_MIGRATIONS,
  migrationsRun: true,
  retryAttempts: 1,
} as const;

@Controller()
class MeController {
  @UseGuards(JwtAuthGuard, RolesGuard)
  @Roles('admin')
  @Get('me')
  me(@CurrentUser() user: Principal) {
    return { id: user.id };
  }
}

/** A guard of the application's own, which comes after the one of `globalGuard`: it finds the user. */
@Injectable()
class SeesUserGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const { user } = http.getRequest<{ user?: Principal }>();
    http.getResponse<{ header(name: string, value: string): void }>().header('x-seen', user?.id ?? 'nobody');
    return true;
  }
}

@Module({
  imports: [
    TypeOrmModule.forRoot({ ...SQLITE, autoLoadEntities: true }),
    AuthModule.forRoot({ ...SETTINGS, imports: [UsersModule], users: Users, stores: typeOrmStores() }),
  ],
  controllers: [MeController],
})
export class ForRoot {}

@Module({
  imports: [
    TypeOrmModule.forRoot({ ...SQLITE, name: 'auth', autoLoadEntities: true }),
    AuthModule.forRootAsync({
      imports: [UsersModule, SettingsModule],
      users: Users,
      stores: typeOrmStores({ dataSource: 'auth' }),
      inject: [Settings],
      useFactory: (settings: Settings) => settings.createAuthOptions(),
    }),
  ],
  controllers: [MeController],
})
class UseFactory {}

@Module({
  imports: [
    TypeOrmModule.forRoot({ ...SQLITE, autoLoadEntities: false, entities: [...AUTH_ENTITIES] }),
    AuthModule.forRootAsync({
      imports: [UsersModule],
      users: Users,
      stores: typeOrmStores(),
      useClass: Settings,
    }),
  ],
  controllers: [MeController],
})
class UseClass {}

@Module({
  imports: [
    TypeOrmModule.forRoot({ ...SQLITE, name: 'auth', entities: [...AUTH_ENTITIES] }),
    AuthModule.forRootAsync({
      imports: [UsersModule, SettingsModule],
      users: Users,
      stores: typeOrmStores({ dataSource: 'auth' }),
      globalGuard: true,
      useExisting: Settings,
    }),
  ],
  controllers: [MeController],
  providers: [{ provide: APP_GUARD, useClass: SeesUserGuard }],
})
class UseExisting {}

@Module({ controllers: [MeController] })
class FeatureModule {}

/** Does not start: AuthModule is not global, and the module with the guard does not import it. */
@Module({
  imports: [
    TypeOrmModule.forRoot({ ...SQLITE, autoLoadEntities: true }),
    AuthModule.forRoot({ ...SETTINGS, imports: [], users: Users, stores: typeOrmStores(), isGlobal: false }),
    FeatureModule,
  ],
})
class Unwired {}

/** One application for each way to set up the module, named after it. */
export const APPLICATIONS: readonly Type[] = [ForRoot, UseFactory, UseClass, UseExisting, Unwired];
