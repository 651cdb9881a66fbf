import { ActionMissing } from '@app/dialog';
import type { ActionRequest, EffectResult, EffectRunner, HttpRequestOfStep } from '@app/dialog';
import { guardedFetch } from '@app/outbound';
import type { GuardedHttpClient } from '@app/outbound';
import type { ActionRegistry } from './action-registry.js';
import { runAction } from './action-run.js';
import type { EffectLog } from './effect-log.js';
import { HttpStepRunner } from './http-step-runner.js';

/** What `call` and `http` steps do in the world outside: actions from a registry, requests through the guarded client. */
export class Effects implements EffectRunner {
  readonly #steps: HttpStepRunner;

  constructor(
    private readonly actions: ActionRegistry,
    private readonly client: GuardedHttpClient,
    private readonly log: EffectLog,
  ) {
    this.#steps = new HttpStepRunner(client, log);
  }

  async call(request: ActionRequest, signal: AbortSignal): Promise<EffectResult> {
    const action = this.actions.find(request.action);
    if (action === undefined) throw new ActionMissing(request.action);
    return runAction(action, request, signal, { log: this.log, fetch: guardedFetch(this.client, signal) });
  }

  http(request: HttpRequestOfStep, signal: AbortSignal): Promise<EffectResult> {
    return this.#steps.run(request, signal);
  }

  /** For the checker: which actions there are, and what each may come to besides `error` and `timeout`. */
  describe(): ReturnType<ActionRegistry['describe']> {
    return this.actions.describe();
  }
}
