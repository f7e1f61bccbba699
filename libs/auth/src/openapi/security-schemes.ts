import type { INestApplicationContext } from '@nestjs/common';
import { RequestAuthenticator } from '../context/request-authenticator.js';
import type { RouteCredential } from '../features/route-description.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { SIGNATURE } from '../signed-urls/canonical-url.js';
import type { AdmittedCredential } from './route-access.js';

/** A security scheme of OpenAPI. */
export interface SecurityScheme {
  readonly type: 'apiKey' | 'http' | 'oauth2';
  readonly description: string;
  readonly in?: string;
  readonly name?: string;
  readonly scheme?: string;
  readonly bearerFormat?: string;
  readonly flows?: {
    readonly clientCredentials: { readonly tokenUrl: string; readonly scopes: Record<string, string> };
  };
}
/** All of these schemes together, each with its scopes. */
export type SecurityRequirement = Readonly<Record<string, string[]>>;

/** The names of the cookies that are in use. */
export interface CookieNames {
  readonly session: string | null;
  readonly access: string | null;
  readonly refresh: string | null;
  readonly device: string | null;
}

/** The cookies of an application, or of a resource server. */
export function cookieNamesOf(app: INestApplicationContext): CookieNames {
  const requests = found(app, RequestAuthenticator);
  const cookies = found(app, ResolvedAuthOptions)?.cookies;
  return {
    session: requests?.credentialCookies.session ?? null,
    access: requests?.credentialCookies.access ?? null,
    refresh: cookies?.refresh.name ?? null,
    device: cookies?.device.name ?? null,
  };
}

/** A provider of any module; undefined: there is none. */
export function found<T>(
  app: INestApplicationContext,
  token: abstract new (...args: never) => T,
): T | undefined {
  try {
    return app.get<T>(token, { strict: false });
  } catch {
    return undefined;
  }
}

const byCookie = (name: string, description: string): SecurityScheme => ({
  type: 'apiKey',
  in: 'cookie',
  name,
  description,
});
const BY_BROWSER =
  'A sign-in sets the cookie, and a browser sends it by itself: a page cannot. To try it out here, call the login first.';

/** The schemes that a document needs: a requirement names them, and so defines them. */
export class SecuritySchemes {
  private readonly named = new Map<string, SecurityScheme>();
  private readonly serviceScopes = new Map<string, string>();

  constructor(
    private readonly cookies: CookieNames,
    /** Where services get tokens. Null: elsewhere. */
    private readonly tokenUrl: string | null,
  ) {}

  /** The schemes that were named so far. */
  get used(): Readonly<Record<string, SecurityScheme>> {
    return Object.fromEntries(this.named);
  }

  /** The alternatives of a guarded route. */
  forGuards(
    alternatives: readonly (readonly AdmittedCredential[])[],
    scopes: readonly string[],
  ): SecurityRequirement[] {
    return alternatives.flatMap((kinds) => {
      const each = kinds.map((kind) => this.requirements(kind, scopes));
      return each.reduce<SecurityRequirement[]>(
        (all, ways) => all.flatMap((one) => ways.map((way) => ({ ...one, ...way }))),
        [{}],
      );
    });
  }

  /** The alternatives of a public route that takes credentials by itself. */
  forCredentials(credentials: readonly RouteCredential[]): SecurityRequirement[] {
    return credentials.flatMap((kind) => (kind === 'none' ? [{}] : this.requirements(kind, [])));
  }

  private requirements(
    kind: AdmittedCredential | Exclude<RouteCredential, 'none'>,
    scopes: readonly string[],
  ): SecurityRequirement[] {
    const { session, access, refresh } = this.cookies;
    switch (kind) {
      case 'access-token':
        return [
          this.use('bearer', BEARER),
          ...(access === null
            ? []
            : [this.use('accessCookie', byCookie(access, `An access token. ${BY_BROWSER}`))]),
        ];
      case 'session':
        return session === null ? [] : [this.use('session', byCookie(session, `A session. ${BY_BROWSER}`))];
      case 'refresh-cookie':
        return refresh === null
          ? []
          : [this.use('refresh', byCookie(refresh, `A refresh token. ${BY_BROWSER}`))];
      case 'client':
        return [
          this.use('client', {
            type: 'http',
            scheme: 'basic',
            description: 'The id and secret of a service.',
          }),
        ];
      case 'signed-url':
        return [this.use('signedUrl', SIGNED_URL)];
      case 'service':
        return [this.service(scopes)];
    }
  }

  private service(scopes: readonly string[]): SecurityRequirement {
    if (this.tokenUrl === null) return this.use('bearer', BEARER);
    for (const scope of scopes) this.serviceScopes.set(scope, '');
    const { tokenUrl, serviceScopes } = this;
    const flow = { tokenUrl, scopes: Object.fromEntries(serviceScopes) };
    const description = 'A token of a service (`POST token` with `grant_type=client_credentials`).';
    this.use('service', { type: 'oauth2', flows: { clientCredentials: flow }, description });
    return { service: [...scopes] };
  }

  private use(name: string, scheme: SecurityScheme): SecurityRequirement {
    this.named.set(name, scheme);
    return { [name]: [] };
  }
}

const BEARER: SecurityScheme = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: 'An access token: `Authorization: Bearer <token>`.',
};
const SIGNED_URL: SecurityScheme = {
  type: 'apiKey',
  in: 'query',
  name: SIGNATURE,
  description: 'The signature of a link that this application made.',
};
