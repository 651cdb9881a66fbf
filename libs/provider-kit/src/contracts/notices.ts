import type { Account } from './account.js';
import type { WebhookReply, WebhookRequest } from './http.js';
import type { NoticeDraft } from './sms.js';

/** What a provider knows of notices that belong to no channel. Every function is pure. */
export interface NoticesContract {
  /**
   * What is to be kept of a notice, and the answer where the provider wants another one than 200 `OK`.
   * @param topic the last part of the path.
   */
  read(
    topic: string,
    request: WebhookRequest,
    account: Account,
  ): { readonly notice: NoticeDraft; readonly reply?: WebhookReply };
}
