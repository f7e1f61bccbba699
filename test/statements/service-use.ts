import { ServiceClients } from 'nestjs-aerie/service-tokens';
import { ServiceClientStore } from 'nestjs-aerie/service-tokens';
import { basic, postForm, registered, serviceToken } from '../support/service-requests.js';
import { ISSUER, type TestApp } from '../support/test-app.js';

/** Everything that services ask for, once at least; their listing, which reads all of them, is left out. */
export async function serviceUse(app: TestApp): Promise<void> {
  const clients = app.app.get(ServiceClients);
  const held = await registered(app, { id: 'used', scopes: ['a'], audiences: [ISSUER], resource: ISSUER });
  const token = await serviceToken(app, held);
  await postForm(app, 'introspect', { token }, basic(held));
  await postForm(app, 'revoke', { token }, basic(held));
  await app.app.get(ServiceClientStore).spend({ purpose: 'x', client: 'used', jti: token, lifeMs: 60_000 });
  await clients.update('used', { scopes: [] });
  await clients.rotateSecret('used', { keepFormerFor: '1h' });
  await clients.disable('used');
  await clients.remove('used');
}
