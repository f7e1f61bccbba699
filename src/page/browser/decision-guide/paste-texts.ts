import type { Choices } from './decide.js';

/** `app.module.ts` for the choices: complete, with a users class of the application in `users.ts`. */
export function moduleText(choices: Choices): string {
  const { exchanges } = choices;
  const migrations = exchanges ? 'authMigrations(features)' : 'AUTH_MIGRATIONS';
  const lines = [
    '// npm install nestjs-aerie @nestjs/passport @nestjs/typeorm passport typeorm better-sqlite3@12',
    '// (on Nest 11: @nestjs/passport@11 @nestjs/typeorm@11)',
    `import { Module } from '@nestjs/common';`,
    `import { TypeOrmModule } from '@nestjs/typeorm';`,
    `import { AuthModule } from 'nestjs-aerie';`,
    ...(exchanges ? [`import { serviceIssuer } from 'nestjs-aerie/service-tokens';`] : []),
    `import { ${exchanges ? 'authMigrations' : 'AUTH_MIGRATIONS'}, typeOrmStores } from 'nestjs-aerie/typeorm';`,
    `import { Users } from './users.js'; // your class that implements UserDirectory`,
    '',
    ...(exchanges ? ['const features = [serviceIssuer()];', ''] : []),
    '@Module({',
    '  imports: [',
    '    TypeOrmModule.forRoot({',
    `      type: 'better-sqlite3', // 'postgres', 'mysql' or 'mariadb' in production`,
    `      database: 'app.sqlite',`,
    '      autoLoadEntities: true,',
    `      migrations: ${migrations},`,
    '      migrationsRun: true,',
    '    }),',
    '    AuthModule.forRoot({',
    '      users: Users,',
    '      stores: typeOrmStores(),',
    `      secret: process.env['AUTH_SECRET'], // at least 32 random bytes: openssl rand -base64 48`,
    ...optionLines(choices).map((line) => `      ${line}`),
    '    }),',
    '  ],',
    '})',
    'export class AppModule {}',
    '',
  ];
  return lines.join('\n');
}

function optionLines(choices: Choices): string[] {
  const { mode, accessTokenInCookie, servicesVerify, pagesElsewhere, revocation } = choices;
  const isOfPages = mode !== 'tokens' || pagesElsewhere;
  const issuer = isOfPages && !pagesElsewhere ? 'https://app.example.com' : 'https://api.example.com';
  const lines = [`issuer: '${issuer}', // the address of this application`];
  if (pagesElsewhere) lines.push(`trustedOrigins: ['https://app.example.net'], // where the pages come from`);
  lines.push('globalGuard: true, // every route needs a sign-in, unless it is @Public()');
  if (choices.exchanges) lines.push('features,');
  if (mode !== 'session') lines.push(`defaultMode: '${mode}', // of a login that names no mode`);
  if (accessTokenInCookie || servicesVerify) {
    lines.push('accessTokens: {');
    if (servicesVerify) lines.push(`  audience: ['${issuer}', 'orders'], // you, and each service`);
    if (accessTokenInCookie) lines.push('  cookie: true,');
    lines.push('},');
  }
  if (revocation !== 'feed') lines.push(`revocation: { mode: '${revocation}' },`);
  return lines;
}

/** Apart from the text: the build of the page replaces the name where a module is imported from it. */
const CLIENT = 'nestjs-aerie/client';

/** The client's side, with `nestjs-aerie/client`. */
export function clientText({ mode, pagesElsewhere, withApplications }: Choices): string {
  const inApplication = mode === 'tokens' && !pagesElsewhere;
  const lines = inApplication
    ? applicationText('https://api.example.com')
    : [
        `import { createAuthClient } from '${CLIENT}';`,
        '',
        mode === 'tokens'
          ? `export const auth = createAuthClient({ baseUrl: 'https://api.example.com', mode: 'tokens' });`
          : `export const auth = createAuthClient({ mode: '${mode}' });`,
      ];
  lines.push(
    '',
    `const user = await auth.restore(); // ${inApplication ? 'at the start' : 'when a page loads'}: null, if nobody is signed in`,
    `if (!user) await auth.signIn({ identifier: 'ada@example.com', password: 'correct horse battery' });`,
    `const answer = await auth.fetch('/me');`,
    '',
  );
  if (withApplications && !inApplication)
    lines.push(
      '// In the applications, with storage that keeps the refresh token over a restart:',
      `// createAuthClient({ baseUrl: '${mode === 'tokens' ? 'https://api.example.com' : 'https://app.example.com'}', mode: 'tokens', storage })`,
      '',
    );
  return lines.join('\n');
}

function applicationText(baseUrl: string): string[] {
  return [
    `import { createAuthClient } from '${CLIENT}';`,
    `import { storage } from './storage.js'; // yours: the keychain, or a file with mode 600`,
    '',
    `export const auth = createAuthClient({ baseUrl: '${baseUrl}', mode: 'tokens', storage });`,
  ];
}
