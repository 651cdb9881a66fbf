import { Inject, Module } from '@nestjs/common';
import { DialogService } from '@app/dialog';
import type { NoticeStore } from '@app/reporting';
import { NoticeKeeper, NOTICES, TurnRunner, WebhookModule, WebhookRoutes } from '@app/webhook';
import { botRoutes } from './bot.routes.js';
import { BotHandler } from './bot.handler.js';

/** The channel of bot webhooks; the composition root binds what `@app/webhook` names tokens for. */
@Module({
  imports: [WebhookModule],
  providers: [
    {
      provide: BotHandler,
      useFactory: (dialogs: DialogService, notices: NoticeStore) =>
        new BotHandler(new TurnRunner(dialogs), new NoticeKeeper(notices)),
      inject: [DialogService, NOTICES],
    },
  ],
})
export class BotWebhookModule {
  constructor(@Inject(BotHandler) handler: BotHandler, @Inject(WebhookRoutes) routes: WebhookRoutes) {
    routes.add(...botRoutes(handler));
  }
}
