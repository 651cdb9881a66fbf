import { Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { Clock } from '@app/dialog';
import type { KeptOrder, OutboxQueries } from '@app/reporting';
import { Scopes } from '../access/admin.guard.js';
import { Caller } from '../access/caller.js';
import { auditOf, type Principal } from '../access/principal.js';
import { AdminController } from '../admin-controller.js';
import { listAnswer, type ListAnswer } from '../paging/cursor.js';
import { rangeOf } from '../paging/range.js';
import { timePage } from '../paging/time-page.js';
import { shownTime } from '../personal/masking.js';
import { notFound, Problem } from '../problems/problem.js';
import { IdPipe } from '../requests/id.pipe.js';
import { ADMIN_CLOCK, OUTBOX_QUERIES } from '../tokens.js';
import { OutboxQuery } from './outbox.dto.js';

/** What is to be sent, and what was. */
@AdminController('outbox')
export class OutboxController {
  constructor(
    @Inject(OUTBOX_QUERIES) private readonly outbox: OutboxQueries,
    @Inject(ADMIN_CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Scopes('outbox:manage')
  async list(@Query() { limit, cursor, ...asked }: OutboxQuery): Promise<ListAnswer<unknown>> {
    const { createdAfter, createdBefore, ...filter } = asked;
    const created = rangeOf(createdAfter, createdBefore);
    const bound = { list: 'outbox', ...asked };
    const page = await this.outbox.list({ ...filter, created }, timePage(cursor, limit, bound));
    return listAnswer(page, bound, shownOrder);
  }

  @Post(':id/redrive')
  @HttpCode(202)
  @Scopes('outbox:manage')
  async redrive(@Param('id', new IdPipe('order')) id: string, @Caller() caller: Principal): Promise<unknown> {
    const audit = auditOf(caller, 'outbox.redriven', id, new Date(this.clock.now()));
    const order = await this.outbox.redrive(id, audit);
    if (order === 'unknown') throw notFound('order');
    if (order === 'not-stuck') throw new Problem(409, 'the order is neither dead nor uncertain, or has nobody left');
    return shownOrder(order);
  }
}

function shownOrder({ id, kind, provider, account, state, attempts, nextAt, lastError, createdAt }: KeptOrder): object {
  return {
    ...{ id, kind, provider, account, state, attempts },
    nextAt: shownTime(nextAt),
    lastError: lastError ?? null,
    createdAt: shownTime(createdAt),
  };
}
