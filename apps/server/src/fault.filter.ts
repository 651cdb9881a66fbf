import { Catch, NotFoundException, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, ProblemFilter, sendProblem } from '@app/admin';

/**
 * Answers what no controller answers for. What no route is there for gets an empty 404: Nest's own answer would repeat the
 * address, and with it the webhook key that a provider sends to a path that is not served. Within the admin API
 * everything is a problem, a body that cannot be read too.
 */
@Catch()
export class FaultFilter extends BaseExceptionFilter {
  private readonly problems = new ProblemFilter();

  override catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    if (isOfAdmin(http.getRequest<FastifyRequest>().url)) this.problems.catch(exception, host);
    else if (exception instanceof NotFoundException) void http.getResponse<FastifyReply>().code(404).send();
    else super.catch(exception, host);
  }
}

/** Answers a request whose address is none. Fastify's own answer would repeat it, as Nest's does. */
export function refuseAddress(url: string, reply: FastifyReply): void {
  if (isOfAdmin(url)) sendProblem(reply, new Problem(400, 'the address cannot be read'));
  else void reply.code(400).send();
}

function isOfAdmin(url: string): boolean {
  return /^\/admin(?:[/?]|$)/.test(url);
}
