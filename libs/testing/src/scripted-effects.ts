import {
  ActionMissing,
  type ActionRequest,
  type EffectResult,
  type EffectRunner,
  type HttpRequestOfStep,
} from '@app/dialog';

type Script = (request: ActionRequest, signal: AbortSignal) => EffectResult | Promise<EffectResult>;

/** Runs actions by scripts of the test, and counts what was run. */
export class ScriptedEffects implements EffectRunner {
  readonly calls: ActionRequest[] = [];
  readonly requests: HttpRequestOfStep[] = [];
  private readonly scripts = new Map<string, Script>();
  httpResult: EffectResult = { outcome: '200' };

  on(action: string, script: Script): this {
    this.scripts.set(action, script);
    return this;
  }

  async call(request: ActionRequest, signal: AbortSignal): Promise<EffectResult> {
    const script = this.scripts.get(request.action);
    if (script === undefined) throw new ActionMissing(request.action);
    this.calls.push(request);
    return script(request, signal);
  }

  http(request: HttpRequestOfStep): Promise<EffectResult> {
    this.requests.push(request);
    return Promise.resolve(this.httpResult);
  }
}
