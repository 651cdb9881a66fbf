import {
  Catch,
  HttpException,
  Logger,
  NotFoundException,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { notFound, Problem, problemDetails } from './problem.js';

/** Answers with a problem. */
export function sendProblem(reply: FastifyReply, problem: Problem): void {
  void reply
    .code(problem.status)
    .headers({ 'cache-control': 'no-store', ...problem.headers })
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problemDetails(problem)));
}

/** Answers whatever an admin route throws as problem details; what we did not expect says nothing of itself. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('admin');

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = this.problemOf(error);
    if (!reply.sent) sendProblem(reply, problem);
  }

  private problemOf(error: unknown): Problem {
    if (error instanceof Problem) return error;
    // Nest's own words would repeat the address.
    if (error instanceof NotFoundException) return notFound('route');
    if (error instanceof HttpException) return new Problem(error.getStatus(), error.message);
    const { statusCode, message } = error as { readonly statusCode?: unknown; readonly message?: string };
    if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
      return new Problem(statusCode, message ?? 'the request cannot be read');
    }
    this.log.error(error);
    const isAway = isDatabaseAway(error);
    return isAway
      ? new Problem(503, 'the database is away', { headers: { 'retry-after': '5' } })
      : new Problem(500, 'something went wrong on our side');
  }
}

/**
 * SQLSTATEs of connections, resources, shutdowns and time limits, of tables that the first start has not made yet, and
 * errors of the connection itself.
 */
function isDatabaseAway(error: unknown): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code === 'string') return /^(?:08|53|57|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|25006|42P01)/.test(code);
  return (
    typeof message === 'string' &&
    /^(?:Connection terminated|timeout exceeded|Query read timeout|the database is away)/.test(message)
  );
}
