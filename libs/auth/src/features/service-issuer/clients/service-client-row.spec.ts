import { describe, expect, it } from '@jest/globals';
import { type ClientChange, type ClientRights, takesAway } from './service-client-row.js';

const [k1, k2] = ['k1', 'k2'].map((kid) => ({ kty: 'OKP', crv: 'Ed25519', x: 'x', kid, alg: 'EdDSA' }));
const rights: ClientRights = {
  scopes: ['a', 'b'],
  audiences: ['x', 'y'],
  grants: ['client_credentials', 'token-exchange'],
  resource: 'https://api.example.com',
  jwks: null,
};
const keyed: ClientRights = { ...rights, jwks: [k1!, k2!] };

describe('what takes something away from a client', () => {
  it.each<[string, ClientRights, ClientChange, boolean]>([
    ['nothing', rights, {}, false],
    ['a label', rights, { label: 'x' }, false],
    ['a scope more', rights, { scopes: ['c', 'b', 'a'] }, false],
    ['a scope less', rights, { scopes: ['b'] }, true],
    ['another scope', rights, { scopes: ['a', 'c'] }, true],
    ['an audience less', rights, { audiences: ['x'] }, true],
    ['a grant less', rights, { grants: ['token-exchange'] }, true],
    ['the resource it has', rights, { resource: rights.resource }, false],
    ['another resource', rights, { resource: 'https://b.example.com' }, true],
    ['no resource', rights, { resource: null }, true],
    ['a first resource', { ...rights, resource: null }, { resource: 'x' }, false],
    ['keys in place of a secret', rights, { jwks: [k1!] }, true],
    ['a key more', { ...keyed, jwks: [k1!] }, { jwks: [k2!, k1!] }, false],
    ['a key less', keyed, { jwks: [k1!] }, true],
    ['another key of the same kid', keyed, { jwks: [k1!, { ...k2!, x: 'y' }] }, true],
  ])('%s', (_, before, change, expected) => {
    expect(takesAway(before, change)).toBe(expected);
  });
});
