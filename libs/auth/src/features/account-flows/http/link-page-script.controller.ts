import { Get, Res } from '@nestjs/common';
import { Public } from '../../../decorators/public.decorator.js';
import { FlowPages } from '../pages/flow-pages.js';

/** The script of the pages that links lead to. */
@Public()
export class LinkPageScriptController {
  constructor(private readonly pages: FlowPages) {}

  @Get('link-page.js')
  script(@Res({ passthrough: true }) response: unknown): string {
    return this.pages.script(response);
  }
}
