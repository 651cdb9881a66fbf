import { Inject, Module } from '@nestjs/common';
import type { InboxStore, NoticeStore } from '@app/reporting';
import { INBOX, InboxKeeper, NoticeKeeper, NOTICES, WebhookModule, WebhookRoutes } from '@app/webhook';
import { noticesRoutes } from './notices.routes.js';
import { NoticesHandler } from './notices.handler.js';

/** Notices that belong to no channel; the composition root binds what `@app/webhook` names tokens for. */
@Module({
  imports: [WebhookModule],
  providers: [
    {
      provide: NoticesHandler,
      useFactory: (notices: NoticeStore, inbox: InboxStore) =>
        new NoticesHandler(new NoticeKeeper(notices), new InboxKeeper(inbox)),
      inject: [NOTICES, INBOX],
    },
  ],
})
export class NoticesModule {
  constructor(@Inject(NoticesHandler) handler: NoticesHandler, @Inject(WebhookRoutes) routes: WebhookRoutes) {
    routes.add(...noticesRoutes(handler));
  }
}
