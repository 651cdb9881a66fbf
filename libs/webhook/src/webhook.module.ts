import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '@app/dialog';
import { AccountBook, ProviderRegistry } from '@app/provider-kit';
import { Gate } from './gate.js';
import { Peers } from './peers.js';
import { CLOCK } from './tokens.js';
import { WebhookRoutes } from './webhook-routes.js';
import { registerWebhooks } from './webhook-plugin.js';

/**
 * Serves the routes that channel modules add. They are plain Fastify routes: Nest's own know no body parser for some
 * routes only, and pass every request through handlers, pipes and filters that a webhook has no use for.
 */
@Module({
  providers: [
    WebhookRoutes,
    {
      provide: Gate,
      useFactory: (providers: ProviderRegistry, accounts: AccountBook, peers: Peers) =>
        new Gate(providers, accounts, peers),
      inject: [ProviderRegistry, AccountBook, Peers],
    },
  ],
  exports: [WebhookRoutes],
})
export class WebhookModule implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(Gate) private readonly gate: Gate,
    @Inject(WebhookRoutes) private readonly routes: WebhookRoutes,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    registerWebhooks(fastify, this.gate, this.routes.all, () => this.clock.now());
  }
}
