import { Inject, Module } from '@nestjs/common';
import { DialogService } from '@app/dialog';
import type { InboxStore, SessionReportStore } from '@app/reporting';
import { INBOX, InboxKeeper, SESSION_REPORTS, TurnRunner, WebhookModule, WebhookRoutes } from '@app/webhook';
import { SessionReportKeeper } from './session-report-keeper.js';
import { ussdRoutes } from './ussd.routes.js';
import { UssdHandler } from './ussd.handler.js';

/** The USSD channel; the composition root binds what `@app/webhook` names tokens for. */
@Module({
  imports: [WebhookModule],
  providers: [
    {
      provide: UssdHandler,
      useFactory: (dialogs: DialogService, reports: SessionReportStore, inbox: InboxStore) =>
        new UssdHandler(new TurnRunner(dialogs), new SessionReportKeeper(dialogs, reports), new InboxKeeper(inbox)),
      inject: [DialogService, SESSION_REPORTS, INBOX],
    },
  ],
})
export class UssdModule {
  constructor(@Inject(UssdHandler) handler: UssdHandler, @Inject(WebhookRoutes) routes: WebhookRoutes) {
    routes.add(...ussdRoutes(handler));
  }
}
