import { Module, type DynamicModule, type Provider as NestProvider } from '@nestjs/common';
import { BotWebhookModule } from '@app/bot-webhook';
import { DialogService } from '@app/dialog';
import { AccountBook, ProviderRegistry } from '@app/provider-kit';
import { providers } from '@app/providers';
import type { Environment } from '@app/settings';
import { UssdModule } from '@app/ussd';
import { CLOCK, INBOX, NOTICES, Peers, SESSION_REPORTS } from '@app/webhook';
import type { Parts } from './composition/parts.js';
import { HealthController } from './health/health.controller.js';
import { Metrics } from './health/metrics.js';
import { OPERATOR_KEY, OperatorGuard } from './health/operator.guard.js';
import { Readiness } from './health/readiness.js';

/** The composition root: the only place where ports are bound to what fulfils them. */
@Module({})
export class AppModule {
  static of(parts: Parts, environment: Environment, adminKey: string): DynamicModule {
    const bindings: NestProvider[] = [
      { provide: ProviderRegistry, useValue: new ProviderRegistry(providers) },
      { provide: AccountBook, useValue: new AccountBook(parts.workspace.configuration.accounts) },
      { provide: Peers, useValue: new Peers(environment.trustedProxies) },
      { provide: DialogService, useValue: parts.dialogs },
      { provide: CLOCK, useValue: parts.clock },
      { provide: SESSION_REPORTS, useValue: parts.postgres.sessionReports },
      { provide: NOTICES, useValue: parts.postgres.notices },
      { provide: INBOX, useValue: parts.postgres.inbox },
      { provide: Metrics, useValue: parts.metrics },
      { provide: Readiness, useValue: new Readiness(parts) },
      { provide: OPERATOR_KEY, useValue: environment.production ? adminKey : undefined },
    ];
    const channels = environment.roles.includes('gateway') ? [UssdModule, BotWebhookModule] : [];
    return {
      module: AppModule,
      global: true,
      imports: channels,
      controllers: [HealthController],
      providers: [...bindings, OperatorGuard],
      exports: bindings.map((binding) => (binding as { provide: symbol }).provide),
    };
  }
}
