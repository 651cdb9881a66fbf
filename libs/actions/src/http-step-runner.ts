import type { EffectResult, HttpRequestOfStep } from '@app/dialog';
import { OutboundError } from '@app/outbound';
import type { GuardedHttpClient } from '@app/outbound';
import { traceOf } from './effect-log.js';
import type { EffectLog } from './effect-log.js';
import { readJson } from './plain-json.js';

/** Runs the requests of `http` steps. */
export class HttpStepRunner {
  constructor(
    private readonly client: GuardedHttpClient,
    private readonly log: EffectLog,
  ) {}

  /**
   * The outcome is the status as text, and the value the body where it is JSON, whatever its content type says.
   * Without a usable answer `error`, logged with the fault and the host alone.
   */
  async run(step: HttpRequestOfStep, signal: AbortSignal): Promise<EffectResult> {
    try {
      const answer = await this.client.request({
        method: step.method,
        url: step.url,
        headers: headersOf(step),
        ...(step.body === undefined ? {} : { body: JSON.stringify(step.body) }),
        signals: [signal],
      });
      const value = readJson(new TextDecoder().decode(answer.body));
      return value === undefined ? { outcome: String(answer.status) } : { outcome: String(answer.status), value };
    } catch (error) {
      if (error instanceof OutboundError) {
        this.log.warn({ fault: error.code, host: error.host }, 'an http step got no answer');
      } else {
        this.log.error(traceOf(error), 'an http step failed');
      }
      return { outcome: 'error' };
    }
  }
}

function headersOf(step: HttpRequestOfStep): Record<string, string> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (step.body !== undefined) headers['content-type'] = 'application/json';
  for (const [name, value] of Object.entries(step.headers)) headers[name.toLowerCase()] = value;
  headers['idempotency-key'] = step.idempotencyKey;
  return headers;
}
