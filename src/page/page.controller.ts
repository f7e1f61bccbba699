import { Controller, Get, Headers, NotFoundException, Param, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Public } from 'nestjs-aerie';
import { PageFiles } from './page-files.js';
import { PAGE_HEADERS } from './page-headers.js';

/** Serves the page at `/`, and its modules and styles below `/page/`. */
@Public()
@Controller()
export class PageController {
  constructor(
    private readonly files: PageFiles,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  index(@Res({ passthrough: true }) response: unknown, @Headers('if-none-match') known?: string): string {
    return this.send('index.html', response, known);
  }

  // A wildcard would need another spelling on each adapter.
  @Get(['page/:name', 'page/:folder/:name', 'page/:folder/:inner/:name'])
  file(
    @Param() { folder, inner, name }: Record<string, string>,
    @Res({ passthrough: true }) response: unknown,
    @Headers('if-none-match') known?: string,
  ): string {
    return this.send([folder, inner, name].filter((one) => one !== undefined).join('/'), response, known);
  }

  private send(name: string, response: unknown, known: string | undefined): string {
    const file = this.files.find(name);
    if (!file) throw new NotFoundException('The page has no such file. Is it built? Run "npm run build".');
    const { httpAdapter } = this.host;
    const headers = { ...PAGE_HEADERS, 'Content-Type': file.type, ETag: file.etag };
    for (const [header, value] of Object.entries(headers)) httpAdapter.setHeader(response, header, value);
    if (!isKnown(file.etag, known)) return file.text;
    httpAdapter.status(response, 304);
    return '';
  }
}

/** RFC 9110, 13.1.2: the comparison is weak. */
function isKnown(etag: string, header = ''): boolean {
  return header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
