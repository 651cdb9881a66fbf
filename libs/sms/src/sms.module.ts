import { Inject, Module } from '@nestjs/common';
import type { DeliveryEventStore, InboundMessageStore, InboxStore, NoticeStore, OptOutStore } from '@app/reporting';
import {
  DELIVERY_EVENTS,
  INBOUND_MESSAGES,
  INBOX,
  InboxKeeper,
  NoticeKeeper,
  NOTICES,
  OPT_OUTS,
  WebhookModule,
  WebhookRoutes,
} from '@app/webhook';
import { SmsHandler } from './sms.handler.js';
import { smsRoutes } from './sms.routes.js';

/** The webhooks of the SMS channel; messages are kept here, and answered by `SmsTurns` wherever the jobs run. */
@Module({
  imports: [WebhookModule],
  providers: [
    {
      provide: SmsHandler,
      useFactory: (
        messages: InboundMessageStore,
        deliveries: DeliveryEventStore,
        optOuts: OptOutStore,
        notices: NoticeStore,
        inbox: InboxStore,
      ) =>
        new SmsHandler({
          messages,
          deliveries,
          optOuts,
          notices: new NoticeKeeper(notices),
          inbox: new InboxKeeper(inbox, 'as-it-came'),
        }),
      inject: [INBOUND_MESSAGES, DELIVERY_EVENTS, OPT_OUTS, NOTICES, INBOX],
    },
  ],
})
export class SmsModule {
  constructor(@Inject(SmsHandler) handler: SmsHandler, @Inject(WebhookRoutes) routes: WebhookRoutes) {
    routes.add(...smsRoutes(handler));
  }
}
