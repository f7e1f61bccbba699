import { ExpressAdapter } from '@nestjs/platform-express';
import { serve } from './serve.js';

void serve(new ExpressAdapter());
