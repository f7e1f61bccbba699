// `nestjs-aerie/openapi`: authentication in the document of @nestjs/swagger
export { createAuthDocument } from './auth-document.js';
