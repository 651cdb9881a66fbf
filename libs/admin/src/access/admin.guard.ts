import {
  Inject,
  Injectable,
  SetMetadata,
  type CanActivate,
  type CustomDecorator,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.js';
import { hashOfKey, KeyRing } from './key-ring.js';
import './principal.js';
import type { RateLimit } from './rate-limits.js';
import type { Scope } from './scopes.js';

const scopesKey = 'admin scopes';

/** The scopes that a route asks for; all of them. */
export function Scopes(...wanted: readonly [Scope, ...Scope[]]): CustomDecorator {
  return SetMetadata(scopesKey, wanted);
}

/** How often a key may ask, and how many keys an address may guess. */
export interface AdminLimits {
  readonly perKey: RateLimit;
  /** By address. */
  readonly guesses: RateLimit;
  /** By address and wrong key, one each: the same wrong key once more is a mistake, not a guess. */
  readonly sameGuess: RateLimit;
}

export const ADMIN_LIMITS = Symbol('AdminLimits');

/** Names the address that a request came from, trusted proxies looked through. */
export const PEER_ADDRESS = Symbol('(request) => address');

/** Lets those into the admin API whose key has the scopes of the route. Fails closed: a route without scopes is open to nobody. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(
    @Inject(KeyRing) private readonly keys: KeyRing,
    @Inject(ADMIN_LIMITS) private readonly limits: AdminLimits,
    @Inject(PEER_ADDRESS) private readonly addressOf: (request: FastifyRequest) => string,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    void reply.header('cache-control', 'no-store');
    const address = this.addressOf(request);
    const secret = bearerOf(request.headers.authorization);
    await this.refuseGuessers(address);
    const principal = secret === undefined ? 'over' : await this.keys.find(secret);
    if (typeof principal === 'string') {
      if (secret !== undefined && principal === 'unknown') await this.countGuess(address, secret);
      void reply.header('www-authenticate', 'Bearer');
      throw new Problem(401, 'a valid admin key is needed: Authorization: Bearer <key>');
    }
    const allowance = await this.limits.perKey.take(principal.id);
    if (!allowance.allowed) throw tooMany(allowance.waitSeconds);
    const wanted = this.reflector.getAllAndOverride<readonly Scope[] | undefined>(scopesKey, [
      context.getHandler(),
      context.getClass(),
    ]);
    const missing = wanted?.filter((scope) => !principal.scopes.has(scope));
    if (missing === undefined) throw new Problem(403, 'nobody may use this');
    if (missing.length > 0) throw new Problem(403, `the key lacks the scope ${missing.join(', ')}`);
    request.principal = principal;
    return true;
  }

  private async refuseGuessers(address: string): Promise<void> {
    const allowance = await this.limits.guesses.look(address);
    if (!allowance.allowed) throw tooMany(allowance.waitSeconds);
  }

  private async countGuess(address: string, secret: string): Promise<void> {
    const same = await this.limits.sameGuess.take(`${address} ${hashOfKey(secret).toString('base64url')}`);
    if (same.allowed) await this.limits.guesses.take(address);
  }
}

function tooMany(waitSeconds: number): Problem {
  return new Problem(429, 'too many requests', { headers: { 'retry-after': String(waitSeconds) } });
}

function bearerOf(authorization: string | undefined): string | undefined {
  const [, secret] = /^Bearer +(\S{1,512})$/i.exec(authorization ?? '') ?? [];
  return secret;
}
