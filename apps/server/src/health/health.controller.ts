import { Controller, Get, Header, HttpStatus, Inject, Query, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Metrics } from './metrics.js';
import { OperatorGuard } from './operator.guard.js';
import { Readiness, type ReadinessReport } from './readiness.js';

/** What orchestrators and Prometheus ask for. */
@Controller()
export class HealthController {
  constructor(
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  /** Answers as long as the process need not be killed. */
  @Get('health/live')
  @Header('cache-control', 'no-store')
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /** With `?strict`, any missing dependency counts. */
  @Get('health/ready')
  @Header('cache-control', 'no-store')
  ready(@Query('strict') strict: string | undefined, @Res({ passthrough: true }) reply: FastifyReply): ReadinessReport {
    const report = this.readiness.report();
    const well = report.ready && (strict === undefined || report.complete);
    reply.code(well ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    return report;
  }

  @Get('metrics')
  @UseGuards(OperatorGuard)
  @Header('cache-control', 'no-store')
  async metricsText(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    reply.type(this.metrics.registry.contentType);
    return this.metrics.registry.metrics();
  }
}
