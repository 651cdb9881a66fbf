import { Inject, Module } from '@nestjs/common';
import { DialogService } from '@app/dialog';
import type { CallReportStore, InboxStore, NoticeStore } from '@app/reporting';
import {
  CALL_REPORTS,
  CallReportKeeper,
  INBOX,
  InboxKeeper,
  NoticeKeeper,
  NOTICES,
  PUBLIC_URL,
  TurnRunner,
  WebhookModule,
  WebhookRoutes,
  type PublicUrl,
} from '@app/webhook';
import { FinishedCalls } from './finished-calls.js';
import { voiceRoutes } from './voice.routes.js';
import { VoiceHandler } from './voice.handler.js';

/** The voice channel; the composition root binds what `@app/webhook` names tokens for. */
@Module({
  imports: [WebhookModule],
  providers: [
    {
      provide: VoiceHandler,
      useFactory: (
        dialogs: DialogService,
        reports: CallReportStore,
        notices: NoticeStore,
        inbox: InboxStore,
        publicUrl: PublicUrl,
      ) =>
        new VoiceHandler({
          turns: new TurnRunner(dialogs),
          finished: new FinishedCalls(dialogs, new CallReportKeeper(reports)),
          notices: new NoticeKeeper(notices),
          inbox: new InboxKeeper(inbox),
          publicUrl,
        }),
      inject: [DialogService, CALL_REPORTS, NOTICES, INBOX, PUBLIC_URL],
    },
  ],
})
export class VoiceModule {
  constructor(@Inject(VoiceHandler) handler: VoiceHandler, @Inject(WebhookRoutes) routes: WebhookRoutes) {
    routes.add(...voiceRoutes(handler));
  }
}
