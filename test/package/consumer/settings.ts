import { Injectable, Module } from '@nestjs/common';
import type { AuthModuleOptionsFactory, AuthOptions } from 'nestjs-aerie';

export const SETTINGS = {
  secret: 'a secret of at least thirty-two bytes, for tests',
  issuer: 'https://api.example.com',
  accessTokens: { lifetime: '10m' },
} satisfies AuthOptions;

@Injectable()
export class Settings implements AuthModuleOptionsFactory {
  async createAuthOptions(): Promise<AuthOptions> {
    return SETTINGS;
  }
}

@Module({ providers: [Settings], exports: [Settings] })
export class SettingsModule {}
