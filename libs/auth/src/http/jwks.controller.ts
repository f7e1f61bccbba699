import { Controller, Get, Req, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { HttpRequest } from '../context/http-request.js';
import { sha256 } from '../crypto/digest.js';
import { Public } from '../decorators/public.decorator.js';
import { KeyRing, type PublicJwk } from '../keys/key-ring.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { ifNoneMatchNames } from './if-none-match.js';

const LONGEST_S = 300;
const NOT_MODIFIED = 304;

/** The public keys that access tokens verify with (RFC 7517); an empty set with HS* keys only. */
@Controller({ path: '.well-known', version: VERSION_NEUTRAL })
export class JwksController {
  private readonly maxAgeS: number;
  private tagged: { readonly keys: readonly PublicJwk[]; readonly tag: string } | undefined;

  constructor(
    private readonly keys: KeyRing,
    private readonly host: HttpAdapterHost,
    { managedKeys }: ResolvedAuthOptions,
  ) {
    // A copy must not outlive the time between publishing a key and signing with it.
    this.maxAgeS = Math.min(LONGEST_S, Math.floor(managedKeys.announceMs / 2_000));
  }

  @Public()
  @Get('jwks.json')
  jwks(@Req() request: HttpRequest, @Res({ passthrough: true }) response: unknown) {
    const { httpAdapter } = this.host;
    const keys = this.keys.publicKeys();
    const tag = this.tagOf(keys);
    httpAdapter.setHeader(response, 'Cache-Control', `public, max-age=${this.maxAgeS}`);
    httpAdapter.setHeader(response, 'ETag', tag);
    if (!ifNoneMatchNames(request, tag)) return { keys };
    httpAdapter.status(response, NOT_MODIFIED);
    return undefined;
  }

  private tagOf(keys: readonly PublicJwk[]): string {
    if (this.tagged?.keys !== keys) {
      const tag = `"${sha256(JSON.stringify(keys)).toString('base64url').slice(0, 22)}"`;
      this.tagged = { keys, tag };
    }
    return this.tagged.tag;
  }
}
