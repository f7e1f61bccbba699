import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApplicationStrategy, type RequestStrategy } from './application-strategy.js';
import { JwtStrategy } from './jwt.strategy.js';
import { LocalStrategy } from './local.strategy.js';
import { SessionStrategy } from './session.strategy.js';

/** Registers our strategies for this application while it runs. A standalone context has no requests, and none of this. */
@Injectable()
export class StrategyRegistration implements OnModuleInit, OnModuleDestroy {
  private readonly strategies: Readonly<Record<string, RequestStrategy>>;

  constructor(
    private readonly host: HttpAdapterHost,
    jwt: JwtStrategy,
    local: LocalStrategy,
    session: SessionStrategy,
  ) {
    this.strategies = {
      'aerie-jwt': jwt,
      'aerie-local': local,
      'aerie-session': session,
    } as unknown as Record<string, RequestStrategy>;
  }

  onModuleInit(): void {
    const application = this.application();
    for (const [name, strategy] of Object.entries(this.strategies)) {
      const registered = ApplicationStrategy.named(name);
      if (application) registered.add(application, strategy);
    }
  }

  onModuleDestroy(): void {
    const application = this.application();
    if (!application) return;
    for (const name of Object.keys(this.strategies)) ApplicationStrategy.named(name).remove(application);
  }

  private application(): object | undefined {
    return this.host.httpAdapter?.getInstance() as object | undefined;
  }
}
