import { Module, type DynamicModule, type Provider as NestProvider } from '@nestjs/common';
import { AdminModule } from '@app/admin';
import { BotWebhookModule } from '@app/bot-webhook';
import { CallReportModule } from '@app/call-report';
import { DialogService } from '@app/dialog';
import { NoticesModule } from '@app/notices';
import { AccountBook, ProviderRegistry } from '@app/provider-kit';
import type { Environment } from '@app/settings';
import { SmsModule } from '@app/sms';
import { UssdModule } from '@app/ussd';
import { VoiceModule } from '@app/voice';
import {
  CALL_REPORTS,
  CLOCK,
  DELIVERY_EVENTS,
  INBOUND_MESSAGES,
  INBOX,
  NOTICES,
  OPT_OUTS,
  Peers,
  PUBLIC_URL,
  SESSION_REPORTS,
} from '@app/webhook';
import { adminBindings } from './composition/admin-bindings.js';
import type { Parts } from './composition/parts.js';
import { WatchedStores } from './composition/watched-stores.js';
import { HealthController } from './health/health.controller.js';
import { Metrics } from './health/metrics.js';
import { OPERATOR_KEY, OperatorGuard } from './health/operator.guard.js';
import { Readiness } from './health/readiness.js';

/** The composition root: the only place where ports are bound to what fulfils them. */
@Module({})
export class AppModule {
  static of(parts: Parts, environment: Environment, adminKey: string): DynamicModule {
    const peers = new Peers(environment.trustedProxies);
    const watched = new WatchedStores(parts.postgres);
    const { stores } = watched;
    const served = environment.roles.includes('gateway');
    const bindings: NestProvider[] = [
      { provide: ProviderRegistry, useValue: parts.providers },
      { provide: AccountBook, useValue: parts.accounts },
      { provide: Peers, useValue: peers },
      { provide: DialogService, useValue: parts.dialogs },
      { provide: CLOCK, useValue: parts.clock },
      { provide: SESSION_REPORTS, useValue: stores.sessionReports },
      { provide: NOTICES, useValue: stores.notices },
      { provide: INBOX, useValue: stores.inbox },
      { provide: INBOUND_MESSAGES, useValue: stores.messages },
      { provide: DELIVERY_EVENTS, useValue: stores.deliveryEvents },
      { provide: OPT_OUTS, useValue: stores.optOuts },
      { provide: CALL_REPORTS, useValue: stores.callReports },
      { provide: PUBLIC_URL, useValue: parts.publicAddress },
      { provide: Metrics, useValue: parts.metrics },
      { provide: Readiness, useValue: new Readiness(parts) },
      { provide: OPERATOR_KEY, useValue: environment.production ? adminKey : undefined },
      ...adminBindings(parts, peers, adminKey, { stores: watched, served }),
    ];
    const channels = served
      ? [UssdModule, SmsModule, VoiceModule, BotWebhookModule, CallReportModule, NoticesModule]
      : [];
    const admin = environment.roles.includes('admin') ? [AdminModule] : [];
    return {
      module: AppModule,
      global: true,
      imports: [...channels, ...admin],
      controllers: [HealthController],
      providers: [...bindings, OperatorGuard],
      exports: bindings.map((binding) => (binding as { provide: symbol }).provide),
    };
  }
}
