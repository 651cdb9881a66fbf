import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** What {@link OperatorGuard} asks for; undefined: nothing. */
export const OPERATOR_KEY = Symbol('operator key');

/** In production, asks for the admin key as a bearer token on what only operators should see. */
@Injectable()
export class OperatorGuard implements CanActivate {
  constructor(@Inject(OPERATOR_KEY) private readonly key: string | undefined) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.key === undefined) return true;
    const { authorization } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    if (isBearer(authorization, this.key)) return true;
    throw new UnauthorizedException();
  }
}

/** Whether an `Authorization` header carries this key; takes equally long for every wrong one. Nothing carries an empty key. */
export function isBearer(authorization: string | undefined, key: string): boolean {
  const given = authorization?.startsWith('Bearer ') === true ? authorization.slice('Bearer '.length) : '';
  return timingSafeEqual(digest(given), digest(key)) && key !== '';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
