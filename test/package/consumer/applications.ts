import { Controller, Get, Module, type Type, UseGuards } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  AUTH_ENTITIES,
  AUTH_MIGRATIONS,
  AuthModule,
  CurrentUser,
  JwtAuthGuard,
  type Principal,
  Roles,
  RolesGuard,
} from 'nestjs-aerie';
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

@Module({
  imports: [
    TypeOrmModule.forRoot({ ...SQLITE, autoLoadEntities: true }),
    AuthModule.forRoot({ ...SETTINGS, imports: [UsersModule], users: Users }),
  ],
  controllers: [MeController],
})
class ForRoot {}

@Module({
  imports: [
    TypeOrmModule.forRoot({ ...SQLITE, name: 'auth', autoLoadEntities: true }),
    AuthModule.forRootAsync({
      imports: [UsersModule, SettingsModule],
      users: Users,
      dataSource: 'auth',
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
    AuthModule.forRootAsync({ imports: [UsersModule], users: Users, useClass: Settings }),
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
      dataSource: 'auth',
      globalGuard: true,
      useExisting: Settings,
    }),
  ],
  controllers: [MeController],
})
class UseExisting {}

/** One application for each way to set up the module, named after it. */
export const APPLICATIONS: readonly Type[] = [ForRoot, UseFactory, UseClass, UseExisting];
