import { Injectable, UseGuards, UseInterceptors } from '@nestjs/common';
import { Args, Query, Resolver, Subscription } from '@nestjs/graphql';
import { EventEmitter, on } from 'node:events';
import { AnyAuthGuard, CurrentUser, LiveSubscriptionInterceptor, type Principal, Public } from 'nestjs-aerie';

/** Stands for what your application publishes. */
@Injectable()
export class News {
  readonly events = new EventEmitter();

  publish(text: string): void {
    this.events.emit('news', text);
  }
}

/** The same for Apollo and for Mercurius: a subscription ends with the sign-in that it was started with. */
@Resolver()
@UseGuards(AnyAuthGuard)
@UseInterceptors(LiveSubscriptionInterceptor)
export class NewsResolver {
  constructor(private readonly published: News) {}

  @Query(() => String)
  who(@CurrentUser() user: Principal): string {
    return user.id;
  }

  @Subscription(() => String, { resolve: ([text]: [string]) => text })
  news() {
    return on(this.published.events, 'news');
  }

  @Subscription(() => String, {
    filter: ([text]: [string], { word }: { word: string }) => text.includes(word),
    resolve: ([text]: [string]) => text,
  })
  newsAbout(@Args('word') _word: string) {
    return on(this.published.events, 'news');
  }

  /** Nobody is signed in: there is nothing to end with. */
  @Public()
  @Subscription(() => String, { resolve: ([text]: [string]) => text })
  headlines() {
    return on(this.published.events, 'news');
  }
}
