// An application's own routes in the document: what their guards admit, ask for and refuse.
import { describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, Post, type Type, UseGuards, VersioningType } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  ApiBearerAuth,
  ApiExcludeEndpoint,
  ApiExtension,
  ApiOperation,
  ApiProperty,
  ApiUnauthorizedResponse,
  DocumentBuilder,
  type OpenAPIObject,
  SwaggerModule,
} from '@nestjs/swagger';
import {
  AnyAuthGuard,
  JwtAuthGuard,
  LocalAuthGuard,
  Public,
  RequireRecentSignIn,
  Roles,
  RolesGuard,
  SameOriginGuard,
  Scopes,
  ServiceAuthGuard,
  SessionAuthGuard,
  SignedUrl,
} from 'nestjs-aerie';
import { createAuthDocument } from 'nestjs-aerie/openapi';
import { ResourceServerModule } from 'nestjs-aerie/resource-server';
import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import { Test } from '@nestjs/testing';
import { ADAPTERS, ISSUER, startTestApp, type TestAppInput } from '../support/test-app.js';

class PartnersGuard extends JwtAuthGuard {}

@Controller('routes')
class Routes {
  @Get('nothing') nothing(): void {}
  @Roles('admin') @Get('unchecked') unchecked(): void {}
  @Public() @Get('public') public(): void {}
  @UseGuards(JwtAuthGuard) @Get('token') token(): void {}
  @UseGuards(PartnersGuard) @Get('subclass') subclass(): void {}
  @UseGuards(SessionAuthGuard) @Post('session') session(): void {}
  @UseGuards(AnyAuthGuard) @Delete('any/:id') any(): void {}
  @UseGuards(JwtAuthGuard, SessionAuthGuard) @Get('both') both(): void {}
  @Public({ optional: true }) @UseGuards(AnyAuthGuard) @Get('optional') optional(): void {}
  @UseGuards(AnyAuthGuard) @Roles('admin', 'support') @Get('roles') roles(): void {}
  @UseGuards(AnyAuthGuard)
  @Scopes('notes:read', 'notes:write')
  @RequireRecentSignIn('5m')
  @ApiOperation({ description: 'Closes the books.' })
  @Post('scopes')
  scopes(): void {}
  @UseGuards(ServiceAuthGuard) @Scopes('stock:read') @Get('service') service(): void {}
  @SignedUrl() @Get('signed') signed(): void {}
  @SignedUrl() @Roles('admin') @Get('signed-roles') signedRoles(): void {}
  @UseGuards(LocalAuthGuard) @Post('local') local(): void {}
  @UseGuards(SameOriginGuard) @Post('origin') origin(): void {}
  @UseGuards(RolesGuard) @Roles('admin') @Get('behind') behind(): void {}
  @UseGuards(JwtAuthGuard)
  @ApiBearerAuth('partners')
  @ApiUnauthorizedResponse({ description: 'Ours.' })
  @ApiExtension('x-own', { is: 'kept' })
  @Get('own')
  own(): void {}
  @ApiExcludeEndpoint() @Get('hidden') hidden(): void {}
}

/** The guard of services needs its feature. */
const withServices = ({ options, ...input }: TestAppInput = {}): TestAppInput => ({
  controllers: [Routes],
  ...input,
  options: { features: [serviceIssuer()], ...options },
});
const documentOf = async (input: TestAppInput, config = new DocumentBuilder().build(), options = {}) => {
  const app = await startTestApp(withServices(input));
  try {
    return createAuthDocument(app.app, config, options);
  } finally {
    await app.close();
  }
};
const operation = ({ paths }: OpenAPIObject, path: string) =>
  Object.values(paths[path] ?? {})[0] as unknown as {
    security?: object[];
    description?: string;
    responses: Record<string, any>;
    readonly [member: string]: unknown;
  };
/** The codes that an operation is described with. */
const codes = (document: OpenAPIObject, path: string): string[] =>
  Object.values(operation(document, path).responses)
    .flatMap(({ content }) => content?.['application/json']?.schema?.allOf?.[1]?.properties.code.enum ?? [])
    .sort() as string[];

const TOKENS = ['AUTH_ACCESS_TOKEN_EXPIRED', 'AUTH_ACCESS_TOKEN_INVALID', 'AUTH_ACCESS_TOKEN_REVOKED'];
const OF_ANY = ['AUTH_CREDENTIALS_MISSING', 'AUTH_REQUEST_INVALID', 'AUTH_STORE_UNAVAILABLE'];
const OF_JWT = [...TOKENS, 'AUTH_ACCESS_TOKEN_STALE', ...OF_ANY].sort();
const OF_SESSION = ['AUTH_SESSION_EXPIRED', 'AUTH_SESSION_INVALID', ...OF_ANY].sort();
const bearer = { bearer: [] };
const session = { session: [] };

describe.each(ADAPTERS)('the routes of an application, on %s', (adapter) => {
  it('have the credentials that their guards admit', async () => {
    const document = await documentOf({ adapter });
    const security = (path: string) => operation(document, `/routes/${path}`).security;
    expect(security('nothing')).toBeUndefined();
    // Roles that no guard checks are not promised.
    expect(operation(document, '/routes/unchecked')).not.toHaveProperty('x-roles');
    expect(security('public')).toEqual([]);
    expect(security('token')).toEqual([bearer]);
    expect(security('subclass')).toEqual([bearer]);
    expect(security('session')).toEqual([session]);
    expect(security('any/{id}')).toEqual([bearer, session]);
    expect(security('both')).toEqual([{ ...bearer, ...session }]);
    expect(security('optional')).toEqual([{}, bearer, session]);
    expect(security('service')).toEqual([{ service: ['stock:read'] }]);
    expect(security('signed')).toEqual([{ signedUrl: [] }]);
    expect(security('signed-roles')).toEqual([
      { signedUrl: [], ...bearer },
      { signedUrl: [], ...session },
    ]);
    expect(document.components!.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      session: { type: 'apiKey', in: 'cookie', name: '__Host-session' },
      signedUrl: { type: 'apiKey', in: 'query', name: 'signature' },
      service: {
        type: 'oauth2',
        flows: {
          clientCredentials: { tokenUrl: '/auth/token', scopes: { 'stock:read': '', revocations: '' } },
        },
      },
    });
  });

  it('have the errors of their guards', async () => {
    const document = await documentOf({ adapter });
    const of = (path: string) => codes(document, `/routes/${path}`);
    expect(of('nothing')).toEqual([]);
    expect(of('public')).toEqual([]);
    expect(of('token')).toEqual(OF_JWT);
    expect(of('session')).toEqual(['AUTH_CSRF_REJECTED', ...OF_SESSION].sort());
    expect(of('any/{id}')).toEqual([...new Set(['AUTH_CSRF_REJECTED', ...OF_JWT, ...OF_SESSION])].sort());
    expect(of('optional')).toEqual(OF_JWT.filter((code) => code !== 'AUTH_CREDENTIALS_MISSING'));
    expect(of('service')).toEqual(['AUTH_FORBIDDEN', ...TOKENS, ...OF_ANY].sort());
    expect(of('signed')).toEqual(['AUTH_SIGNED_URL_EXPIRED', 'AUTH_SIGNED_URL_INVALID']);
    expect(of('origin')).toEqual(['AUTH_CSRF_REJECTED']);
    expect(of('local')).toEqual(
      [
        'AUTH_REQUEST_INVALID',
        'AUTH_CREDENTIALS_INVALID',
        'AUTH_CSRF_REJECTED',
        'AUTH_RATE_LIMITED',
        'AUTH_PASSWORDS_BUSY',
        'AUTH_STORE_UNAVAILABLE',
      ].sort(),
    );
    expect(of('behind')).toEqual(['AUTH_FORBIDDEN']);
    expect(operation(document, '/routes/token').responses['503'].headers).toHaveProperty('Retry-After');
    expect(operation(document, '/routes/token').responses['401'].headers).toHaveProperty('WWW-Authenticate');
  });

  it('name roles, scopes and the age of a sign-in', async () => {
    const document = await documentOf({ adapter });
    expect(operation(document, '/routes/roles')).toMatchObject({
      'x-roles': ['admin', 'support'],
      description: 'Needs one of these roles: `admin`, `support`.',
    });
    expect(operation(document, '/routes/scopes')).toMatchObject({
      'x-scopes': ['notes:read', 'notes:write'],
      'x-max-authentication-age': 300,
      description:
        'Closes the books.\n\nNeeds all of these scopes: `notes:read`, `notes:write`. Needs an authentication in the last 300 seconds.',
    });
    expect(codes(document, '/routes/scopes')).toEqual(
      expect.arrayContaining(['AUTH_FORBIDDEN', 'AUTH_RECENT_SIGN_IN_REQUIRED']),
    );
  });

  it('keep what the decorators of swagger say', async () => {
    const document = await documentOf({ adapter });
    expect(operation(document, '/routes/own')).toMatchObject({
      security: [{ partners: [] }],
      'x-own': { is: 'kept' },
      responses: { 401: { description: 'Ours.' } },
    });
    expect(document.paths['/routes/hidden']).toBeUndefined();
    expect(JSON.stringify(document)).not.toContain('x-nestjs-aerie');
  });

  it('are guarded by a global guard, unless they are public', async () => {
    const given: TestAppInput[] = [
      { options: { globalGuard: true } },
      { providers: [{ provide: APP_GUARD, useExisting: AnyAuthGuard }] },
    ];
    for (const input of given) {
      const document = await documentOf({ adapter, ...input });
      const security = (path: string) => operation(document, `/routes/${path}`).security;
      expect(security('nothing')).toEqual([bearer, session]);
      expect(security('public')).toEqual([]);
      expect(security('token')).toEqual([bearer]);
      // The global guard leaves them to the guard of the handler.
      expect(security('service')).toEqual([{ service: ['stock:read'] }]);
      expect(security('signed')).toEqual([{ signedUrl: [] }]);
      expect(operation(document, '/auth/login').security).toEqual([]);
    }
  });

  it('are found under a prefix, versions and another path', async () => {
    const document = await documentOf({
      adapter,
      options: { routes: { path: 'a/account' } },
      configure: (app) => {
        app.setGlobalPrefix('api');
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '2' });
      },
    });
    expect(operation(document, '/api/v2/routes/token').security).toEqual([bearer]);
    expect(operation(document, '/api/a/account/me').security).toEqual([bearer, session]);
    expect(operation(document, '/api/a/account/login').responses).toHaveProperty('409');
    expect(document.components!.securitySchemes).toHaveProperty(
      'service.flows.clientCredentials.tokenUrl',
      '/api/a/account/token',
    );
  });
});

describe('the document', () => {
  it('has cookies by their configured names, and access tokens in a cookie where they are', async () => {
    const document = await documentOf({
      options: {
        accessTokens: { cookie: true },
        cookies: { session: { name: 'sid', secure: false }, refresh: { name: 'rid', secure: false } },
      },
    });
    expect(document.components!.securitySchemes).toMatchObject({
      session: { name: 'sid' },
      refresh: { name: 'rid' },
      accessCookie: { name: 'access' },
    });
    expect(operation(document, '/routes/token').security).toEqual([bearer, { accessCookie: [] }]);
    expect(codes(document, '/auth/login')).toContain('AUTH_ACCESS_TOKEN_TOO_LARGE');
    expect(document.components!.schemas!['AuthHybrid']).not.toHaveProperty('properties.access_token');
  });

  it('is of the version that was asked for', async () => {
    const ip = (document: OpenAPIObject) =>
      (document.components!.schemas!['AuthSignIn'] as { properties: Record<string, object> }).properties[
        'ip'
      ];
    expect(ip(await documentOf({}))).toEqual({ type: 'string', nullable: true });
    const newer = new DocumentBuilder().setOpenAPIVersion('3.1.0').build();
    expect(ip(await documentOf({}, newer))).toEqual({ type: ['string', 'null'] });
  });

  it('has the schemas and schemes of the application in place of ours', async () => {
    class AuthUser {
      @ApiProperty({ type: String }) email!: string;
    }
    const config = new DocumentBuilder().addCookieAuth('mine', { type: 'apiKey' }, 'session').build();
    const document = await documentOf({}, config, { extraModels: [AuthUser] });
    expect(document.components!.schemas!['AuthUser']).toHaveProperty('properties.email');
    expect(document.components!.securitySchemes!['session']).toMatchObject({ name: 'mine' });
  });

  it('has nothing of ours that no route needs', async () => {
    const document = await documentOf({ options: { routes: false } });
    expect(Object.keys(document.components!.schemas!)).toEqual(['AuthError']);
    expect(Object.keys(document.components!.securitySchemes!).sort()).toEqual([
      'bearer',
      'session',
      'signedUrl',
    ]);
    // Without an issuer of its own, the token of a service is a bearer token like others.
    expect(operation(document, '/routes/service').security).toEqual([bearer]);
  });

  it('is made anew each time, and leaves no trace in the decorators', async () => {
    const app = await startTestApp(withServices());
    const config = new DocumentBuilder().build();
    const first = createAuthDocument(app.app, config);
    expect(createAuthDocument(app.app, config)).toEqual(first);
    const plain = JSON.stringify(SwaggerModule.createDocument(app.app, config));
    expect(plain).not.toContain('x-nestjs-aerie');
    expect(plain).toContain('"x-own"');
  });

  it('has each id of an operation once', async () => {
    @Controller('mine')
    class AuthController {
      @Post('login') login(): void {}
    }
    const document = await documentOf({ controllers: [AuthController] });
    expect(operation(document, '/mine/login')['operationId']).toBe('AuthController_login');
    expect(operation(document, '/auth/login')['operationId']).toBe('BuiltInAuthController_login');
    expect(operation(document, '/auth/me')['operationId']).toBe('AuthController_me');
  });

  it('tells routes apart that inherit one handler', async () => {
    class Base {
      @Get(':id') one(): void {}
    }
    @UseGuards(JwtAuthGuard)
    @Controller('tokens')
    class ByToken extends Base {}
    @UseGuards(SessionAuthGuard)
    @Controller('sessions')
    class BySession extends Base {}
    const document = await documentOf({ controllers: [BySession, ByToken] as Type[] });
    expect(operation(document, '/tokens/{id}').security).toEqual([bearer]);
    expect(operation(document, '/sessions/{id}').security).toEqual([session]);
  });

  it('is there for a resource server', async () => {
    @Controller('bills')
    class Bills {
      @UseGuards(AnyAuthGuard) @Get() list(): void {}
    }
    const jwks = {
      keys: [
        {
          kty: 'OKP',
          crv: 'Ed25519',
          x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
          kid: '1',
          alg: 'EdDSA',
        },
      ],
    };
    const module = await Test.createTestingModule({
      imports: [
        ResourceServerModule.forRoot({
          issuer: ISSUER,
          audience: 'https://bills.example.com',
          jwks,
          algorithms: ['EdDSA'],
          accessTokenCookie: '__Host-access',
          trustedOrigins: ['https://bills.example.com'],
          revocation: { mode: 'none' },
        }),
      ],
      controllers: [Bills],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    const document = createAuthDocument(app, new DocumentBuilder().build());
    expect(operation(document, '/bills').security).toEqual([bearer, { accessCookie: [] }]);
    await app.close();
  });
});
