import {
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Query,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { CurrentUser, type Principal, Public, RequireRecentSignIn, Roles, SignedUrl } from 'nestjs-aerie';

export const CONTENT = '0123456789';

/** What a file server does with a signed URL. */
@Controller('files')
export class FilesController {
  @SignedUrl()
  @Get('content/:name')
  content(
    @Headers('range') range: string | undefined,
    @Res({ passthrough: true })
    response: { status(code: number): void; header(name: string, value: string): void },
  ) {
    const [, from, to] = /^bytes=(\d)-(\d)$/.exec(range ?? '') ?? [];
    if (from === undefined) return new StreamableFile(Buffer.from(CONTENT));
    response.status(206);
    response.header('Content-Range', `bytes ${from}-${to}/${CONTENT.length}`);
    return new StreamableFile(Buffer.from(CONTENT.slice(Number(from), Number(to) + 1)));
  }

  @SignedUrl()
  @Get('of/:name')
  read(@Param('name') name: string, @Query() query: object) {
    return { name, query };
  }

  @SignedUrl()
  @Delete('of/:name')
  @HttpCode(204)
  remove() {}

  @SignedUrl({ purpose: 'unsubscribe' })
  @Get('leave')
  leave() {
    return 'left';
  }

  @SignedUrl({ purpose: 'confirm' })
  @Get('confirm')
  confirm() {
    return 'confirmed';
  }

  @SignedUrl()
  @Get('mine')
  mine(@CurrentUser() user: Principal | undefined) {
    return { user: user?.id ?? null };
  }

  @Public()
  @SignedUrl()
  @Get('public')
  open() {
    return 'open';
  }

  @SignedUrl()
  @RequireRecentSignIn('5m')
  @Get('recent')
  recent(@CurrentUser('id') id: string) {
    return { id };
  }

  @SignedUrl()
  @Roles('admin')
  @Get('admin')
  admin(@CurrentUser('id') id: string) {
    return { id };
  }
}
