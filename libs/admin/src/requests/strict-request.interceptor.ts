import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ROUTE_ARGS_METADATA, RouteParamtypes } from '@nestjs/common/internal';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { badRequest, Problem, type FieldProblem } from '../problems/problem.js';

/** Refuses what no DTO would look at: parameters and bodies of routes that take none, and bodies that are no JSON objects. */
@Injectable()
export class StrictRequest implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { query, body, headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const names = Object.keys(query as object);
    const unknown = takes(context, RouteParamtypes.QUERY) ? names.filter(isOverlooked) : names;
    const [first, ...others] = unknown.map(unknownParameter);
    if (first !== undefined) throw badRequest(first, ...others);
    if (body === undefined || body === null) return next.handle();
    if (!/^application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '')) {
      throw new Problem(415, 'a body is sent as application/json');
    }
    if (typeof body !== 'object' || Array.isArray(body)) {
      throw badRequest({ field: 'body', message: 'must be a JSON object' });
    }
    if (Object.keys(body).length > 0 && !takes(context, RouteParamtypes.BODY)) {
      throw badRequest({ field: 'body', message: 'this route takes none' });
    }
    return next.handle();
  }
}

/** class-transformer leaves them out before anything can refuse them. */
function isOverlooked(name: string): boolean {
  return name in Object.prototype;
}

function unknownParameter(field: string): FieldProblem {
  return { field, message: 'there is no such parameter' };
}

function takes(context: ExecutionContext, kind: RouteParamtypes): boolean {
  const found: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name);
  return Object.keys(found ?? {}).some((key) => key.startsWith(`${String(kind)}:`));
}
