import { v7 as uuidv7 } from 'uuid';
import type { CallReportDraft } from '@app/provider-kit';
import type { CallReportStore } from '@app/reporting';
import type { WebhookCall } from './webhook-call.js';

/** Gives call reports their id and arrival, and keeps them. */
export class CallReportKeeper {
  constructor(private readonly store: CallReportStore) {}

  /**
   * Rejects where the store does.
   * @param matched whether we spoke in the call.
   */
  async keep({ account, request }: WebhookCall, draft: CallReportDraft, matched: boolean): Promise<void> {
    await this.store.keepCallReport({
      ...draft,
      id: uuidv7({ msecs: request.receivedAt }),
      provider: account.provider,
      account: account.account,
      matched,
      receivedAt: new Date(request.receivedAt),
    });
  }
}
