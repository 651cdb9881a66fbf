import { Body, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { v7 as uuidv7 } from 'uuid';
import type { Clock, Vault } from '@app/dialog';
import type { Erasure, ErasureStore } from '@app/reporting';
import { Scopes } from '../access/admin.guard.js';
import { Caller } from '../access/caller.js';
import { auditOf, type Principal } from '../access/principal.js';
import { AdminController } from '../admin-controller.js';
import { IsWord } from '../paging/list.query.js';
import { shownTime } from '../personal/masking.js';
import { numberIn } from '../personal/personal-view.js';
import { notFound } from '../problems/problem.js';
import { IdPipe } from '../requests/id.pipe.js';
import { ADMIN_CLOCK, ADMIN_VAULT, ERASURES } from '../tokens.js';

class NewErasure {
  @IsWord()
  readonly msisdn!: string;

  @IsOptional()
  @IsWord()
  readonly country?: string;
}

/** People who want to be forgotten. */
@AdminController('erasures')
export class ErasuresController {
  constructor(
    @Inject(ERASURES) private readonly erasures: ErasureStore,
    @Inject(ADMIN_CLOCK) private readonly clock: Clock,
    @Inject(ADMIN_VAULT) private readonly vault: Vault,
  ) {}

  /** The audit log gets a keyed hash of the number: who knows the number can show that it was erased, nobody else. */
  @Post()
  @HttpCode(202)
  @Scopes('privacy:erase')
  async begin(@Body() { msisdn, country }: NewErasure, @Caller() caller: Principal): Promise<unknown> {
    const number = numberIn('msisdn', msisdn, country);
    const now = this.clock.now();
    const id = uuidv7({ msecs: now });
    const requestedAt = new Date(now);
    const audit = auditOf(caller, 'erasure.requested', this.vault.name('erased number', number), requestedAt, { id });
    return shown(await this.erasures.begin({ id, sealedNumber: this.vault.seal(number), requestedAt }, audit));
  }

  @Get(':id')
  @Scopes('privacy:erase')
  async get(@Param('id', new IdPipe('erasure')) id: string): Promise<unknown> {
    const erasure = await this.erasures.get(id);
    if (erasure === undefined) throw notFound('erasure');
    return shown(erasure);
  }
}

function shown({ id, state, removed, requestedAt, doneAt }: Erasure): object {
  return { id, state, removed, requestedAt: shownTime(requestedAt), doneAt: shownTime(doneAt) };
}
