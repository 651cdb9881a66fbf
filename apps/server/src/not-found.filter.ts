import { Catch, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/**
 * Answers what no route is there for with an empty 404. Nest's own answer would repeat the address, and with it the
 * webhook key that a provider sends to a path that is not served.
 */
@Catch(NotFoundException)
export class NotFoundFilter implements ExceptionFilter {
  catch(_exception: NotFoundException, host: ArgumentsHost): void {
    void host.switchToHttp().getResponse<FastifyReply>().code(404).send();
  }
}
