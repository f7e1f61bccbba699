import type { ServerResponse } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createAuthDocument } from 'nestjs-aerie/openapi';

const PATH = 'docs';

/** Swagger UI has a style element in its page. Everything else is a file of this origin, and so are the requests that it tries. */
const HEADERS = new Map([
  [
    'Content-Security-Policy',
    [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "connect-src 'self'",
      "img-src 'self' data:",
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  ],
  ['X-Content-Type-Options', 'nosniff'],
  // `no-referrer` would make browsers send `Origin: null`, which the origin check refuses.
  ['Referrer-Policy', 'same-origin'],
]);

const HOW_TO_SIGN_IN = `
1. Try out \`POST /users\`, then \`POST /auth/login\`. The browser keeps the cookie that the login sets, and sends it from here on.
2. Try out \`GET /notes\`.

For an access token, sign in with \`"mode": "tokens"\`, copy \`access_token\`, and give it to **Authorize**. The cookies there cannot be
filled in: a page may not set them.
`;

/** Serves the description of the demo's routes: Swagger UI at `/docs`, the document at `/docs-json` and `/docs-yaml`. */
export function serveDocs(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setTitle('The demo of nestjs-aerie')
    .setDescription(HOW_TO_SIGN_IN)
    .setVersion('0.1.0')
    .build();
  app.use(`/${PATH}`, (_request: unknown, response: ServerResponse, next: () => void) => {
    response.setHeaders(HEADERS);
    next();
  });
  SwaggerModule.setup(PATH, app, () => createAuthDocument(app, config), {
    customSiteTitle: 'Routes of the demo',
    swaggerOptions: { docExpansion: 'list', tryItOutEnabled: true, validatorUrl: null },
  });
}
