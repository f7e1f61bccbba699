// The declarations as an application of Nest's CLI compiles against them: decorators emit metadata, file by file.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compile, ROOT } from '../support/build-output.js';
import { runToEnd } from '../support/processes.js';

const SOURCE = `
import { Controller, Get, Post } from '@nestjs/common';
import { CurrentService, CurrentUser, Principal, ServicePrincipal } from 'nestjs-aerie';
import { Principal as RemotePrincipal, ServicePrincipal as RemoteService } from 'nestjs-aerie/resource-server';
import * as opentelemetry from 'nestjs-aerie/opentelemetry';
import * as terminus from 'nestjs-aerie/terminus';
import * as testing from 'nestjs-aerie/testing';

declare module 'nestjs-aerie' {
  interface PrincipalProfile {
    readonly email: string;
  }
}

@Controller()
export class MeController {
  @Get('me')
  me(@CurrentUser() user: Principal): Principal {
    const email: string = user.email;
    return { ...user, email };
  }

  @Post('remote')
  remote(@CurrentUser() user: RemotePrincipal, @CurrentService() service: ServicePrincipal): RemoteService {
    return { ...service, scopes: user.scopes };
  }
}
export const plain: Principal = {
  id: '1', roles: [], scopes: [], signInId: '', kind: 'session', authenticatedAt: new Date(), methods: [], email: '',
};
export const annexes = [opentelemetry, terminus, testing];
`;

describe('the declarations of the package', () => {
  let folder: string;
  beforeAll(async () => {
    await mkdir(join(ROOT, 'var'), { recursive: true });
    folder = await mkdtemp(join(ROOT, 'var/test-types-'));
    const library = join(folder, 'node_modules/nestjs-aerie');
    await compile(ROOT, [
      '-p',
      join(ROOT, 'libs/auth/tsconfig.build.json'),
      '--outDir',
      join(library, 'dist'),
      '--emitDeclarationOnly',
    ]);
    await cp(join(ROOT, 'libs/auth/package.json'), join(library, 'package.json'));
    await writeFile(join(folder, 'main.ts'), SOURCE);
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ['ESM', 'module', 'nodenext'],
    ['CommonJS', 'commonjs', 'nodenext'],
  ])(
    'compile in %s with isolatedModules, emitDecoratorMetadata, ES2021 and without skipLibCheck',
    async (_, type, module) => {
      await writeFile(join(folder, 'package.json'), JSON.stringify({ type }));
      const compilerOptions = {
        target: 'es2021',
        module,
        types: ['node'],
        strict: true,
        noEmit: true,
        rootDir: ROOT,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        isolatedModules: true,
        skipLibCheck: false,
      };
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
      const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
      const { stdout } = await runToEnd(process.execPath, [tsc, '--pretty', 'false'], { cwd: folder });
      // Of what other packages declare, nothing is ours to mend.
      const ours = stdout
        .split('\n')
        .filter((line) => /error TS/.test(line) && (!/node_modules/.test(line) || /nestjs-aerie/.test(line)));
      expect(ours).toEqual([]);
    },
    240_000,
  );
});
