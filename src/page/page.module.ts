import { type DynamicModule, Module } from '@nestjs/common';
import { PageController } from './page.controller.js';
import { PageFiles } from './page-files.js';

/** The page of the demo, where a visitor signs in and watches what the server does. */
@Module({})
export class PageModule {
  /** `folder`: the built page. */
  static of(folder: string): DynamicModule {
    return {
      module: PageModule,
      controllers: [PageController],
      providers: [{ provide: PageFiles, useFactory: () => new PageFiles(folder) }],
    };
  }
}
