/** A service that only verifies, as its author gets the package: no database package is there, and none is missed. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ConsumerProject, installConsumer } from './consumer-project.js';
import { packedForTests } from './packed-library.js';

const DATABASE = ['typeorm', '@nestjs/typeorm'];
const packed = packedForTests();

describe.each([
  { nest: '^12.0.0', module: 'esm', adapter: 'fastify' },
  { nest: '^11.0.0', module: 'commonjs', adapter: 'express' },
] as const)('nestjs-aerie/resource-server in an empty project: Nest $nest, $module, $adapter', (input) => {
  let project: ConsumerProject;
  beforeAll(async () => {
    project = await installConsumer(packed, { name: 'a service', ...input, without: DATABASE });
  }, 240_000);

  it('installs without a database package', () => {
    for (const name of DATABASE) expect(existsSync(join(project.folder, 'node_modules', name))).toBe(false);
    expect(existsSync(join(project.folder, 'node_modules/nestjs-aerie'))).toBe(true);
  });

  it('boots, and verifies a token', async () => {
    expect(JSON.parse(await project.node(SERVICE))).toEqual({ good: 'user-1', wrong: 401, missing: 401 });
  }, 60_000);

  it('is the same by require', async () => {
    const text = `
      import { createRequire } from 'node:module';
      const require = createRequire(process.cwd() + '/');
      const [a, b] = [require('nestjs-aerie/resource-server'), await import('nestjs-aerie/resource-server')];
      console.log(Object.keys(b).every((name) => name === 'default' || name === 'module.exports' || a[name] === b[name]));
    `;
    expect((await project.node(text)).trim()).toBe('true');
  });

  it('has types', async () => {
    await rm(join(project.folder, 'src'), { recursive: true });
    await mkdir(join(project.folder, 'src'));
    await writeFile(join(project.folder, 'src/service.ts'), TYPED);
    // Our declarations and those they lead to included: skipLibCheck is off.
    expect(await project.compile({ module: 'nodenext', noEmit: true })).toBe('');
  }, 120_000);
});

/** Metadata by calls: this is run as it is. */
const SERVICE = `
import 'reflect-metadata';
import { generateKeyPairSync, sign } from 'node:crypto';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CurrentUser, JwtAuthGuard, ResourceServerModule } from 'nestjs-aerie/resource-server';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const now = Math.floor(Date.now() / 1000);
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
function token(aud) {
  const claims = { iss: 'https://api.example.com', aud, sub: 'user-1', iat: now, exp: now + 60, jti: 'a', sid: 'b', sep: 0, gep: 0, auth_time: now, amr: [], roles: [], scope: '' };
  const text = part({ alg: 'ES256', kid: 'k1', typ: 'at+jwt' }) + '.' + part(claims);
  return text + '.' + sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}
class MeController { me(user) { return { id: user.id }; } }
Controller()(MeController);
const descriptor = Object.getOwnPropertyDescriptor(MeController.prototype, 'me');
Get('me')(MeController.prototype, 'me', descriptor);
UseGuards(JwtAuthGuard)(MeController.prototype, 'me', descriptor);
CurrentUser()(MeController.prototype, 'me', 0);
class AppModule {}
Module({
  imports: [ResourceServerModule.forRoot({
    issuer: 'https://api.example.com',
    audience: 'orders',
    jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256' }] },
    revocation: { mode: 'none' },
  })],
  controllers: [MeController],
})(AppModule);
const adapter = await import('@nestjs/platform-fastify').then(({ FastifyAdapter }) => [new FastifyAdapter()], () => []);
const app = await NestFactory.create(AppModule, ...adapter, { logger: false });
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address();
const get = (bearer) => fetch('http://127.0.0.1:' + port + '/me', { headers: bearer ? { authorization: 'Bearer ' + bearer } : {} });
console.log(JSON.stringify({
  good: (await (await get(token('orders'))).json()).id,
  wrong: (await get(token('billing'))).status,
  missing: (await get()).status,
}));
await app.close();
`;

const TYPED = `
import { Module } from '@nestjs/common';
import { type Principal, ResourceServerModule, ServiceTokenClient } from 'nestjs-aerie/resource-server';

@Module({
  imports: [
    ResourceServerModule.forRootAsync({
      useFactory: () => ({
        issuer: 'https://api.example.com',
        audience: 'orders',
        revocation: { mode: 'feed', client: { clientId: 'orders', secret: process.env['SECRET'] } },
      }),
    }),
  ],
})
export class AppModule {}
export const client = new ServiceTokenClient({ tokenUrl: 'https://api.example.com/auth/token', clientId: 'a', secret: 'b' });
export const idOf = (user: Principal): string => user.id;
`;
