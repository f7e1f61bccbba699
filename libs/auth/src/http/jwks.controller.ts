import { Controller, Get, Header, VERSION_NEUTRAL } from '@nestjs/common';
import { Public } from '../decorators/public.decorator.js';
import { KeyRing } from '../keys/key-ring.js';

/** The public keys that access tokens verify with (RFC 7517); an empty set with HS* keys only. */
@Controller({ path: '.well-known', version: VERSION_NEUTRAL })
export class JwksController {
  constructor(private readonly keys: KeyRing) {}

  @Public()
  @Get('jwks.json')
  @Header('Cache-Control', 'public, max-age=300')
  jwks() {
    return { keys: this.keys.publicKeys() };
  }
}
