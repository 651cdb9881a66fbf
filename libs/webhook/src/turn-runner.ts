import type { Turn, TurnReply } from '@app/dialog';
import type { Dialogs } from './dialogs.js';
import type { WebhookLog } from './webhook-call.js';

/** Has turns handled so that there is always something polite to render; the dialog service keeps their deadlines. */
export class TurnRunner {
  constructor(readonly dialogs: Dialogs) {}

  /** Never rejects. */
  run(turn: Turn, log: WebhookLog): Promise<TurnReply> {
    return this.dialogs.handle(turn).catch((error: unknown): TurnReply => {
      log.error({ err: error, dialog: turn.dialog }, 'a turn failed');
      const language = turn.language ?? turn.accountLanguage;
      const text = this.dialogs.phrase(turn.dialog ?? turn.defaultDialog, 'unavailable', language, turn.channel);
      return { texts: [text], end: true, failed: true, at: turn.receivedAt, outcome: 'unavailable' };
    });
  }

  /** Tells the dialog service that a repeat of the turn is to be expected; never rejects. */
  async broke(turn: Turn, log: WebhookLog): Promise<void> {
    try {
      await this.dialogs.connectionBroke(turn);
    } catch (error) {
      log.error({ err: error }, 'a broken connection could not be noted');
    }
  }
}
