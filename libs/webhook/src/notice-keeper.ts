import { v7 as uuidv7 } from 'uuid';
import type { NoticeDraft } from '@app/provider-kit';
import type { NoticeStore } from '@app/reporting';
import type { WebhookCall } from './webhook-call.js';

/** Gives notices their id and arrival, and keeps them. */
export class NoticeKeeper {
  constructor(private readonly store: NoticeStore) {}

  /** Rejects where the store does. */
  async keep({ account, request }: WebhookCall, draft: NoticeDraft): Promise<void> {
    await this.store.keepNotice({
      ...draft,
      id: uuidv7({ msecs: request.receivedAt }),
      provider: account.provider,
      account: account.account,
      receivedAt: new Date(request.receivedAt),
    });
  }
}
