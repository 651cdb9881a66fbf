import type { WebhookRoute } from '@app/webhook';
import type { NoticesHandler } from './notices.handler.js';

/** The path of notices that belong to no channel; every account has it. */
export function noticesRoutes(handler: NoticesHandler): readonly WebhookRoute[] {
  const path = '/events/:provider/:account/:topic';
  return [{ method: 'POST', path, serves: () => true, handle: (call) => handler.notice(call) }];
}
