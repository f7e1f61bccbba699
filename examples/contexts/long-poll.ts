import { Body, Controller, Get, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { AnyAuthGuard, CurrentUser, LiveSignIns, type Principal } from 'nestjs-aerie';
import type { IncomingMessage } from 'node:http';
import { firstValueFrom, fromEvent, map, merge, Subject, timer } from 'rxjs';

const WAIT_MS = 25_000;

/** A request that waits for news, and is answered with 401 and the code when its sign-in ends meanwhile. */
@Controller('news')
@UseGuards(AnyAuthGuard)
export class NewsController {
  private readonly news = new Subject<string>();

  constructor(private readonly live: LiveSignIns) {}

  @Get()
  next(@CurrentUser() user: Principal, @Req() { socket }: IncomingMessage): Promise<{ news: string | null }> {
    const none = merge(timer(WAIT_MS), fromEvent(socket, 'close')).pipe(map(() => null));
    return firstValueFrom(
      merge(this.news, none).pipe(
        map((news) => ({ news })),
        this.live.liveUntilSignedOut(user).operator(),
      ),
    );
  }

  @Post()
  @HttpCode(204)
  tell(@Body() { text }: { readonly text: unknown }): void {
    this.news.next(String(text));
  }
}
