import { Get, Inject, Query } from '@nestjs/common';
import type {
  SessionReportFilter,
  SessionReportQueries,
  SessionReportStatsBy,
  SessionReportStatsGroup,
} from '@app/reporting';
import { Scopes } from '../access/admin.guard.js';
import { Caller } from '../access/caller.js';
import type { Principal } from '../access/principal.js';
import { AdminController } from '../admin-controller.js';
import { listAnswer, type ListAnswer } from '../paging/cursor.js';
import { timePage } from '../paging/time-page.js';
import { viewOf } from '../personal/personal-view.js';
import { badRequest } from '../problems/problem.js';
import { inTime } from '../requests/in-time.js';
import { SESSION_REPORT_QUERIES } from '../tokens.js';
import { filterOf, SessionReportListQuery, SessionReportStatsQuery } from './session-reports.dto.js';
import { shownSessionReport } from './shown-session-report.js';

/** What providers told of sessions that were over. */
@AdminController('session-reports')
export class SessionReportsController {
  constructor(@Inject(SESSION_REPORT_QUERIES) private readonly reports: SessionReportQueries) {}

  @Get()
  @Scopes('sessions:read')
  async list(
    @Query() { limit, cursor, ...asked }: SessionReportListQuery,
    @Caller() caller: Principal,
  ): Promise<ListAnswer<unknown>> {
    const bound = { list: 'session-reports', ...asked };
    const page = await this.reports.list(filterOf(asked, caller), timePage(cursor, limit, bound));
    return listAnswer(page, bound, (report) => shownSessionReport(report, viewOf(caller)));
  }

  @Get('stats')
  @Scopes('sessions:read')
  async stats(@Query() { by, zone, ...asked }: SessionReportStatsQuery, @Caller() caller: Principal): Promise<unknown> {
    const groups = await inTime(this.counted(filterOf(asked, caller), by, zone), 'receivedAfter');
    return { by, zone, groups };
  }

  /** Node may know a zone that the database does not. */
  private async counted(
    filter: SessionReportFilter,
    by: SessionReportStatsBy,
    zone: string,
  ): Promise<readonly SessionReportStatsGroup[]> {
    try {
      return await this.reports.stats(filter, by, zone);
    } catch (error) {
      if (error instanceof RangeError) throw badRequest({ field: 'zone', message: error.message });
      throw error;
    }
  }
}
