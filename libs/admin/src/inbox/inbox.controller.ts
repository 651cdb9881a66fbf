import { Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { Clock } from '@app/dialog';
import type {
  CallReportQueries,
  InboxQueries,
  KeptInboxRecord,
  MessageQueries,
  SessionReportQueries,
} from '@app/reporting';
import { Scopes } from '../access/admin.guard.js';
import { Caller } from '../access/caller.js';
import { auditOf, type Principal } from '../access/principal.js';
import { AdminController } from '../admin-controller.js';
import { listAnswer, type ListAnswer } from '../paging/cursor.js';
import { rangeOf } from '../paging/range.js';
import { timePage } from '../paging/time-page.js';
import { viewOf } from '../personal/personal-view.js';
import { notFound, Problem } from '../problems/problem.js';
import { IdPipe } from '../requests/id.pipe.js';
import { ADMIN_CLOCK, CALL_REPORTS, INBOX_QUERIES, MESSAGES, REPLAYER, SESSION_REPORT_QUERIES } from '../tokens.js';
import { InboxQuery } from './inbox.dto.js';
import { KeptRecords } from './kept-records.js';
import type { Became, Replayer } from './replayer.js';
import { shownInboxRecord } from './shown-inbox.js';

/** Webhooks that could not be handled. */
@AdminController('inbox')
export class InboxController {
  private readonly records: KeptRecords;

  constructor(
    @Inject(INBOX_QUERIES) private readonly inbox: InboxQueries,
    @Inject(REPLAYER) private readonly replayer: Replayer,
    @Inject(ADMIN_CLOCK) private readonly clock: Clock,
    @Inject(MESSAGES) messages: MessageQueries,
    @Inject(SESSION_REPORT_QUERIES) sessionReports: SessionReportQueries,
    @Inject(CALL_REPORTS) callReports: CallReportQueries,
  ) {
    this.records = new KeptRecords(messages, sessionReports, callReports);
  }

  @Get()
  @Scopes('inbox:read')
  async list(
    @Query() { limit, cursor, ...asked }: InboxQuery,
    @Caller() caller: Principal,
  ): Promise<ListAnswer<unknown>> {
    const { receivedAfter, receivedBefore, ...filter } = asked;
    const received = rangeOf(receivedAfter, receivedBefore);
    const bound = { list: 'inbox', ...asked };
    const page = await this.inbox.list({ ...filter, received }, timePage(cursor, limit, bound));
    return listAnswer(page, bound, (record) => shownInboxRecord(record, viewOf(caller)));
  }

  @Post(':id/replay')
  @HttpCode(200)
  @Scopes('inbox:replay')
  async replay(@Param('id', new IdPipe('inbox record')) id: string, @Caller() caller: Principal): Promise<unknown> {
    const record = await this.inbox.get(id);
    if (record === undefined) throw notFound('inbox record');
    if (record.state === 'replayed') throw new Problem(409, 'the record was replayed already');
    const became = await this.handled(record);
    const { route, provider, account } = record;
    const now = new Date(this.clock.now());
    await this.inbox.replayed(id, auditOf(caller, 'inbox.replayed', id, now, { route, provider, account }));
    const view = viewOf(caller);
    const shown = await Promise.all(
      became.map(async (each) => ({ kind: each.kind, record: await this.records.show(each, view) })),
    );
    return { id, state: 'replayed', became: shown };
  }

  private async handled(record: KeptInboxRecord): Promise<readonly Became[]> {
    const outcome = await this.replayer.replay(record);
    switch (outcome.kind) {
      case 'read':
        return outcome.became;
      case 'unread':
        throw new Problem(422, `it still cannot be read: ${outcome.reason}`);
      case 'turn':
        throw new Problem(409, 'it is a turn of a conversation, whose answer nobody waits for any more');
      case 'unserved':
        throw new Problem(409, 'this process does not serve its route: provider, account and channel must be there');
      case 'not-kept':
        throw new Problem(503, 'it could not be kept', { headers: { 'retry-after': '5' } });
    }
  }
}
