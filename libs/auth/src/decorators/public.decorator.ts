import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const PUBLIC = 'aerie:public';

/** Anybody may call this handler (or every handler of this class): our guards let it pass and ask nobody. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC, true);
