import {
  Inject,
  Injectable,
  Logger,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, of, type Observable } from 'rxjs';
import type { Clock, Vault } from '@app/dialog';
import type { IdempotencyStore } from '@app/reporting';
import { principalOf } from '../access/principal.js';
import { badRequest, Problem } from '../problems/problem.js';
import { ADMIN_CLOCK, ADMIN_VAULT, IDEMPOTENCY } from '../tokens.js';

interface NamedRequest {
  readonly adminKey: string;
  /** Neither what the client chose nor the body is kept as it was: a number could stand in either. */
  readonly name: string;
  readonly bodyHash: Uint8Array;
}

/**
 * Carries out a POST with an `Idempotency-Key` once: who sends it again gets the first answer. The answer is kept
 * encrypted, since it may hold a new key or a number. A request that failed may be sent again.
 */
@Injectable()
export class IdempotentPosts implements NestInterceptor {
  private readonly log = new Logger('admin');

  constructor(
    @Inject(IDEMPOTENCY) private readonly store: IdempotencyStore,
    @Inject(ADMIN_VAULT) private readonly vault: Vault,
    @Inject(ADMIN_CLOCK) private readonly clock: Clock,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const key = request.headers['idempotency-key'];
    if (request.method !== 'POST' || key === undefined) return next.handle();
    if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
      throw badRequest({ field: 'Idempotency-Key', message: 'must be 1 to 255 visible ASCII characters' });
    }
    const named = this.nameOf(request, key);
    const { adminKey, name, bodyHash } = named;
    const begun = await this.store.begin(adminKey, name, bodyHash, new Date(this.clock.now()));
    if (begun === 'begun') return from(this.carryOut(named, reply, next));
    if (begun === 'running') {
      throw new Problem(409, 'the first request with this Idempotency-Key is still under way', {
        headers: { 'retry-after': '1' },
      });
    }
    if (begun === 'other-body') throw new Problem(422, 'this Idempotency-Key was used for another request');
    return of(this.answered(begun, reply));
  }

  private nameOf(request: FastifyRequest, key: string): NamedRequest {
    const body = JSON.stringify(request.body ?? null);
    const hash = this.vault.name('idempotent request', request.url, body);
    const name = this.vault.name('idempotency key', key);
    return { adminKey: principalOf(request).id, name, bodyHash: Buffer.from(hash, 'base64url') };
  }

  private async carryOut({ adminKey, name }: NamedRequest, reply: FastifyReply, next: CallHandler): Promise<unknown> {
    let answer: unknown;
    try {
      answer = await lastValueFrom(next.handle(), { defaultValue: undefined });
    } catch (error) {
      // Where this fails as well, the store frees it after a while.
      await this.store.forget(adminKey, name).catch(() => undefined);
      throw error;
    }
    const body = this.vault.seal(answer === undefined ? '' : JSON.stringify(answer));
    try {
      await this.store.finish(adminKey, name, { status: reply.statusCode, body });
    } catch (error) {
      // It has been done: whoever waits for the answer is told so.
      this.log.error(error);
    }
    return answer;
  }

  private answered({ status, body }: { readonly status: number; readonly body: string }, reply: FastifyReply): unknown {
    const text = this.vault.open(body);
    if (typeof text !== 'string') throw new Problem(409, 'it was carried out, and its answer can no longer be read');
    void reply.code(status).header('idempotency-replayed', 'true');
    return text === '' ? undefined : JSON.parse(text);
  }
}
