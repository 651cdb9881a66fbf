import { createParamDecorator } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { principalOf } from './principal.js';

/** The {@link Principal} who asks, as a parameter of a handler. */
export const Caller = createParamDecorator((_data: undefined, context) =>
  principalOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
