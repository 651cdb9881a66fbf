import { Body, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsIn, IsOptional } from 'class-validator';
import type { Clock } from '@app/dialog';
import type { AdminKey, AdminKeyStore } from '@app/reporting';
import { Scopes } from '../access/admin.guard.js';
import { Caller } from '../access/caller.js';
import { auditOf, type Principal } from '../access/principal.js';
import { allScopes, type Scope } from '../access/scopes.js';
import { AdminController } from '../admin-controller.js';
import { listAnswer, type ListAnswer } from '../paging/cursor.js';
import { IsInstant, IsWord, ListQuery, Trimmed } from '../paging/list.query.js';
import { timePage } from '../paging/time-page.js';
import { shownTime } from '../personal/masking.js';
import { badRequest, notFound, Problem } from '../problems/problem.js';
import { IdPipe } from '../requests/id.pipe.js';
import { ADMIN_CLOCK, ADMIN_KEYS } from '../tokens.js';
import { keyNameFault } from './key-name.js';
import { makeKey } from './make-key.js';

class NewKey {
  @Trimmed()
  @IsWord()
  readonly name!: string;

  @IsArray({ message: 'must be a list of scopes' })
  @ArrayNotEmpty({ message: 'must name at least one scope' })
  @ArrayMaxSize(allScopes.length, { message: 'names more than there are' })
  @IsIn(allScopes, { each: true, message: `must be of ${allScopes.join(', ')}` })
  readonly scopes!: readonly Scope[];

  @IsOptional()
  @IsInstant()
  readonly expiresAt?: Date;
}

/** The keys themselves. */
@AdminController('keys')
export class KeysController {
  constructor(
    @Inject(ADMIN_KEYS) private readonly keys: AdminKeyStore,
    @Inject(ADMIN_CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Scopes('keys:manage')
  async list(@Query() { limit, cursor }: ListQuery): Promise<ListAnswer<unknown>> {
    const page = await this.keys.list(timePage(cursor, limit, 'keys'));
    return listAnswer(page, 'keys', shown);
  }

  /** Nobody gives what they do not have: a key could make itself one with more scopes. */
  @Post()
  @Scopes('keys:manage')
  async create(@Body() wanted: NewKey, @Caller() caller: Principal): Promise<unknown> {
    const lacking = wanted.scopes.filter((scope) => !caller.scopes.has(scope));
    if (lacking.length > 0) throw new Problem(403, `the key cannot give what it lacks: ${lacking.join(', ')}`);
    const nameFault = keyNameFault(wanted.name);
    if (nameFault !== undefined) throw badRequest({ field: 'name', message: nameFault });
    const now = new Date(this.clock.now());
    if (wanted.expiresAt !== undefined && wanted.expiresAt <= now) {
      throw badRequest({ field: 'expiresAt', message: 'must be in the future' });
    }
    const { key, secret, hash } = makeKey(wanted, now);
    const { id, name, scopes, expiresAt } = key;
    const details = { name, scopes, expiresAt: shownTime(expiresAt) };
    await this.keys.create(key, hash, auditOf(caller, 'key.created', id, now, details));
    return { ...shown(key), key: secret };
  }

  @Delete(':id')
  @HttpCode(204)
  @Scopes('keys:manage')
  async revoke(@Param('id', new IdPipe('key')) id: string, @Caller() caller: Principal): Promise<void> {
    const now = new Date(this.clock.now());
    const outcome = await this.keys.revoke(id, now, auditOf(caller, 'key.revoked', id, now));
    if (outcome === 'unknown') throw notFound('key');
  }
}

function shown({ id, name, scopes, createdAt, expiresAt, lastUsedAt, revokedAt }: AdminKey): object {
  return {
    ...{ id, name, scopes },
    createdAt: shownTime(createdAt),
    expiresAt: shownTime(expiresAt),
    lastUsedAt: shownTime(lastUsedAt),
    revokedAt: shownTime(revokedAt),
  };
}
