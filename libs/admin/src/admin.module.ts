import { Module } from '@nestjs/common';
import type { Clock } from '@app/dialog';
import type { AdminKeyStore } from '@app/reporting';
import { AdminGuard } from './access/admin.guard.js';
import { KeyRing } from './access/key-ring.js';
import { AuditController } from './audit/audit.controller.js';
import { CallReportsController } from './call-reports/call-reports.controller.js';
import { ErasuresController } from './erasures/erasures.controller.js';
import { ForwardsController } from './forwards/forwards.controller.js';
import { KeysController } from './keys/keys.controller.js';
import { CallsController } from './calls/calls.controller.js';
import { DeliveryEventsController } from './delivery-events/delivery-events.controller.js';
import { DialogsController } from './dialogs/dialogs.controller.js';
import { InboxController } from './inbox/inbox.controller.js';
import { MessagesController } from './messages/messages.controller.js';
import { OutboxController } from './outbox/outbox.controller.js';
import { SessionReportsController } from './session-reports/session-reports.controller.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { OptOutsController } from './opt-outs/opt-outs.controller.js';
import { IdempotentPosts } from './requests/idempotency.interceptor.js';
import { StrictRequest } from './requests/strict-request.interceptor.js';
import { ADMIN_CLOCK, ADMIN_KEYS, ENVIRONMENT_KEY } from './tokens.js';

/** The admin API; what its tokens stand for is bound by whoever imports it. */
@Module({
  controllers: [
    CallReportsController,
    ForwardsController,
    KeysController,
    OptOutsController,
    AuditController,
    ErasuresController,
    MessagesController,
    DeliveryEventsController,
    CallsController,
    SessionsController,
    SessionReportsController,
    DialogsController,
    InboxController,
    OutboxController,
  ],
  providers: [
    AdminGuard,
    StrictRequest,
    IdempotentPosts,
    {
      provide: KeyRing,
      useFactory: (keys: AdminKeyStore, environmentKey: string, clock: Clock) =>
        new KeyRing(keys, environmentKey, () => clock.now()),
      inject: [ADMIN_KEYS, ENVIRONMENT_KEY, ADMIN_CLOCK],
    },
  ],
})
export class AdminModule {}
