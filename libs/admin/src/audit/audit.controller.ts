import { Get, Inject, Query } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import type { AuditEntry, AuditLog } from '@app/reporting';
import { Scopes } from '../access/admin.guard.js';
import { AdminController } from '../admin-controller.js';
import { listAnswer, pageRequest, type ListAnswer } from '../paging/cursor.js';
import { IsInstant, IsWord, ListQuery } from '../paging/list.query.js';
import { badRequest } from '../problems/problem.js';
import { AUDIT_LOG } from '../tokens.js';

class AuditQuery extends ListQuery {
  @IsOptional()
  @IsWord()
  readonly action?: string;

  @IsOptional()
  @IsWord()
  readonly actor?: string;

  @IsOptional()
  @IsInstant()
  readonly after?: Date;

  @IsOptional()
  @IsInstant()
  readonly before?: Date;
}

/** Who changed what. */
@AdminController('audit')
export class AuditController {
  constructor(@Inject(AUDIT_LOG) private readonly log: AuditLog) {}

  @Get()
  @Scopes('audit:read')
  async list(@Query() { limit, cursor, ...filter }: AuditQuery): Promise<ListAnswer<unknown>> {
    const bound = { list: 'audit', ...filter };
    const request = pageRequest(cursor, limit, bound);
    const { value = '0', id = '0' } = request.from?.position ?? {};
    if (![value, id].every((place) => /^\d{1,18}$/.test(place))) {
      throw badRequest({ field: 'cursor', message: 'it cannot be read' });
    }
    const page = await this.log.list(filter, request);
    return listAnswer(page, bound, shown);
  }
}

function shown({ at, ...entry }: AuditEntry): unknown {
  return { ...entry, at: at.toISOString() };
}
