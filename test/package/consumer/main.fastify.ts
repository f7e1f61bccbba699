import { FastifyAdapter } from '@nestjs/platform-fastify';
import { serve } from './serve.js';

void serve(new FastifyAdapter());
