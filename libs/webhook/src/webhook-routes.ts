import type { WebhookRoute } from './webhook-call.js';

/** The routes that channel modules want to be served; complete when the application starts. */
export class WebhookRoutes {
  private readonly routes: WebhookRoute[] = [];

  get all(): readonly WebhookRoute[] {
    return this.routes;
  }

  add(...routes: readonly WebhookRoute[]): void {
    this.routes.push(...routes);
  }
}
