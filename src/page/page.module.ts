import { type DynamicModule, Module } from '@nestjs/common';
import { LaboratoryController } from './laboratory.controller.js';
import { PageController } from './page.controller.js';
import { PageFiles } from './page-files.js';
import { SignInEvents } from './sign-in-events.js';
import { SignInEventsController } from './sign-in-events.controller.js';

/** The page of the demo, where a visitor signs in and watches what the server does. */
@Module({})
export class PageModule {
  /** `folder`: the built page. */
  static of(folder: string): DynamicModule {
    return {
      module: PageModule,
      // Express takes the first route that fits, and PageController has one for every name.
      controllers: [LaboratoryController, SignInEventsController, PageController],
      providers: [SignInEvents, { provide: PageFiles, useFactory: () => new PageFiles(folder) }],
    };
  }
}
