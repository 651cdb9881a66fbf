import { Body, Get, Headers, Inject, Param, Patch, Query, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Clock, Vault } from '@app/dialog';
import type { CallReportQueries, PageRequest } from '@app/reporting';
import { Scopes } from '../access/admin.guard.js';
import { Caller } from '../access/caller.js';
import { auditOf, type Principal } from '../access/principal.js';
import { AdminController } from '../admin-controller.js';
import { listAnswer, pageRequest, type ListAnswer } from '../paging/cursor.js';
import { timePage, uuid } from '../paging/time-page.js';
import { viewOf } from '../personal/personal-view.js';
import { badRequest, notFound, Problem } from '../problems/problem.js';
import { IdPipe } from '../requests/id.pipe.js';
import { inTime } from '../requests/in-time.js';
import { ADMIN_CLOCK, ADMIN_VAULT, CALL_REPORTS } from '../tokens.js';
import { shownDetail, shownGroup, shownReport } from './call-report-view.js';
import {
  CallReportExportQuery,
  CallReportFileQuery,
  CallReportListQuery,
  CallReportStatsQuery,
  filterOf,
  orderOf,
} from './call-reports.query.js';
import { entityTag, isKnown, revisionsIn } from './entity-tag.js';
import { ReviewBody } from './review.body.js';

/** A reader who takes nothing for that long is gone, in milliseconds: an export holds a connection to the database. */
const stalledMs = 300_000;
/** What asks for less. */
const narrower = 'receivedAfter';
const noId = '00000000-0000-0000-0000-000000000000';

/** Call reports: looked for, reviewed, taken away. */
@AdminController('call-reports')
export class CallReportsController {
  constructor(
    @Inject(CALL_REPORTS) private readonly reports: CallReportQueries,
    @Inject(ADMIN_CLOCK) private readonly clock: Clock,
    @Inject(ADMIN_VAULT) private readonly vault: Vault,
  ) {}

  @Get()
  @Scopes('reports:read')
  async list(
    @Query() { limit, cursor, ...asked }: CallReportListQuery,
    @Caller() caller: Principal,
  ): Promise<ListAnswer<unknown>> {
    const filter = filterOf(asked, caller);
    const request = pageIn(cursor, limit, asked);
    const page = await inTime(this.reports.list(filter, orderOf(asked.sort), request), narrower);
    return listAnswer(page, asked, (report) => shownReport(report, viewOf(caller)));
  }

  @Get('export')
  @Scopes('reports:read', 'pii:read')
  export(
    @Query() { numbers, ...asked }: CallReportExportQuery,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    return this.file(asked, { digits: numbers === 'digits' }, caller, reply);
  }

  @Get('export/pseudonyms')
  @Scopes('reports:read')
  exportPseudonyms(
    @Query() asked: CallReportFileQuery,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const pseudonymKey = this.vault.name('pseudonyms of numbers');
    return this.file(asked, { digits: false, pseudonymKey }, caller, reply);
  }

  private async file(
    { sort, format, zone, ...asked }: Readonly<CallReportFileQuery>,
    numbers: { readonly digits: boolean; readonly pseudonymKey?: string },
    caller: Principal,
    reply: FastifyReply,
  ): Promise<StreamableFile> {
    const form = { format, zone, ...numbers };
    const bytes = await knownZone(this.reports.exported(filterOf(asked, caller), orderOf(sort), form));
    reply.raw.setTimeout(stalledMs, () => reply.raw.destroy());
    const at = new Date(this.clock.now()).toISOString().slice(0, 19).replace(/[-:]/g, '');
    return new StreamableFile(bytes, {
      type: format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson; charset=utf-8',
      disposition: `attachment; filename="call-reports-${at}Z.${format}"`,
    });
  }

  @Get('stats')
  @Scopes('reports:read')
  async stats(@Query() { by, zone, ...asked }: CallReportStatsQuery, @Caller() caller: Principal): Promise<unknown> {
    const groups = await inTime(knownZone(this.reports.stats(filterOf(asked, caller), by, zone)), narrower);
    return { by, zone, groups: groups.map((group) => shownGroup(group, viewOf(caller))) };
  }

  @Get(':id')
  @Scopes('reports:read')
  async get(
    @Param('id', new IdPipe('call report')) id: string,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const report = await this.reports.get(id);
    if (report === undefined) throw notFound('call report');
    void reply.header('etag', entityTag(report.revision));
    if (isKnown(report.revision, ifNoneMatch)) {
      void reply.code(304);
      return undefined;
    }
    return shownDetail(report, viewOf(caller));
  }

  @Patch(':id/review')
  @Scopes('reports:review')
  async review(
    @Param('id', new IdPipe('call report')) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() { state, note, tags }: ReviewBody,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const at = new Date(this.clock.now());
    const change = {
      ...{ state, by: caller.name, at },
      ...(note === undefined ? {} : { note }),
      ...(tags === undefined ? {} : { tags: tags ?? [] }),
    };
    const audit = auditOf(caller, 'report.reviewed', id, at, { state });
    const report = await this.reports.review(id, change, revisionsIn(ifMatch), audit);
    if (report === 'unknown') throw notFound('call report');
    if (report === 'stale') throw new Problem(412, 'the report is not what it was when you read it: read it again');
    void reply.header('etag', entityTag(report.revision));
    return shownDetail(report, viewOf(caller));
  }
}

/** Where a page begins; a position that was made up could be of any list. */
function pageIn(cursor: string | undefined, limit: number, asked: { readonly sort: string }): PageRequest {
  if (!asked.sort.endsWith('durationSeconds')) return timePage(cursor, limit, asked);
  const request = pageRequest(cursor, limit, asked);
  const { value, id } = request.from?.position ?? { value: '0', id: noId };
  if (Number.isFinite(Number(value)) && uuid.test(id)) return request;
  throw badRequest({ field: 'cursor', message: 'it cannot be read' });
}

async function knownZone<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof RangeError) throw badRequest({ field: 'zone', message: error.message });
    throw error;
  }
}
