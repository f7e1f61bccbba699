/** The package loaded twice, as it is when two versions of it are installed. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import {
  AnyAuthGuard,
  AuthConfigError,
  CurrentUser,
  JwtAuthGuard,
  type Principal,
  Public,
} from 'nestjs-aerie';
import type { StoresDoor } from 'nestjs-aerie/stores';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BELOW_THE_EDGE, startTestApp } from '../support/test-app.js';
import { tokenOf } from './credentials.js';
import { authModule, bootError, connection, RUNTIME, STRUCTURE } from './host-application.js';

const ROOT = join(import.meta.dirname, '../..');
describe('a package that is loaded twice', () => {
  let folder: string;
  let second: typeof import('nestjs-aerie');
  let secondStores: StoresDoor;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aerie-second-copy-'));
    await cp(join(ROOT, 'libs/auth/src'), join(folder, 'auth/src'), { recursive: true });
    await symlink(join(ROOT, 'libs/auth/node_modules'), join(folder, 'auth/node_modules'));
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    second = (await import(join(folder, 'auth/src/index.ts'))) as typeof second;
    const door = (await import(
      join(folder, 'auth/src/typeorm/index.ts')
    )) as typeof import('nestjs-aerie/typeorm');
    secondStores = door.typeOrmStores();
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  describe('a guard of a second copy of the package', () => {
    it('stops the boot, and says where each copy is', async () => {
      expect(second.JwtAuthGuard).not.toBe(JwtAuthGuard);
      @UseGuards(second.JwtAuthGuard)
      @Controller()
      class FeatureController {}
      @Module({ controllers: [FeatureController] })
      class FeatureModule {}
      const error = await bootError([connection(), authModule(), FeatureModule]);
      expect(error.name).toBe(AuthConfigError.name);
      for (const word of ['JwtAuthGuard', 'FeatureModule', folder, join(ROOT, 'libs/auth/src')])
        expect(error.message).toContain(word);
    });

    it('so does a second AuthModule', async () => {
      const other = second.AuthModule.forRoot({ ...RUNTIME, ...STRUCTURE, stores: secondStores });
      const error = await bootError([connection(), authModule(), other]);
      expect(error.name).toBe(AuthConfigError.name);
      for (const word of ['AuthModule', folder, join(ROOT, 'libs/auth/src')])
        expect(error.message).toContain(word);
    });
  });

  describe.each(BELOW_THE_EDGE)('decorators of a second copy, on %s', (adapter) => {
    it('work with guards of the first, and find its user', async () => {
      @UseGuards(JwtAuthGuard)
      @Controller()
      class MixedController {
        @Get('mine')
        mine(@CurrentUser('id') first: string, @second.CurrentUser() user: Principal) {
          return { first, second: user.id };
        }

        @second.Public()
        @Get('open')
        open() {
          return {};
        }

        @second.Roles('admin')
        @Get('administered')
        administered() {
          return {};
        }
      }
      @Public()
      @Controller('public')
      class PublicController {
        @UseGuards(second.RolesGuard, AnyAuthGuard)
        @Get('closed')
        closed() {
          return {};
        }
      }
      const app = await startTestApp({ adapter, controllers: [MixedController, PublicController] });
      await app.users.add('ada');
      const bearer = await tokenOf(app, 'user-1');
      expect((await app.client().get('/mine', { bearer })).body).toEqual({
        first: 'user-1',
        second: 'user-1',
      });
      expect((await app.client().get('/open')).status).toBe(200);
      expect((await app.client().get('/administered', { bearer })).status).toBe(403);
      expect((await app.client().get('/public/closed')).status).toBe(401);
      await app.close();
    });
  });
});
