import { Inject, Module } from '@nestjs/common';
import type { CallReportStore, InboxStore } from '@app/reporting';
import { CALL_REPORTS, CallReportKeeper, INBOX, InboxKeeper, WebhookModule, WebhookRoutes } from '@app/webhook';
import { callReportRoutes } from './call-report.routes.js';
import { CallReportHandler } from './call-report.handler.js';

/** The call-report channel; the composition root binds what `@app/webhook` names tokens for. */
@Module({
  imports: [WebhookModule],
  providers: [
    {
      provide: CallReportHandler,
      useFactory: (reports: CallReportStore, inbox: InboxStore) =>
        new CallReportHandler(new CallReportKeeper(reports), new InboxKeeper(inbox)),
      inject: [CALL_REPORTS, INBOX],
    },
  ],
})
export class CallReportModule {
  constructor(@Inject(CallReportHandler) handler: CallReportHandler, @Inject(WebhookRoutes) routes: WebhookRoutes) {
    routes.add(...callReportRoutes(handler));
  }
}
