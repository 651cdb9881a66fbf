import type { ActionRequest, EffectResult } from '@app/dialog';
import type { GuardedFetch } from '@app/outbound';
import type { ActionLog, ActionResult } from './action.js';
import { traceOf } from './effect-log.js';
import type { EffectLog } from './effect-log.js';
import { plainJson } from './plain-json.js';
import type { RegisteredAction } from './registered-action.js';

const failed: EffectResult = { outcome: 'error' };
const alwaysPossible: readonly string[] = ['error', 'timeout'];

/**
 * Runs an action once. Comes to `error`, with a log line that names the action and no data, when the input does not fit,
 * when it throws, returns what it may not, or is not done when the signal aborts; what it does after that is not
 * waited for. (A loop that never yields cannot be cut.)
 */
export async function runAction(
  action: RegisteredAction,
  request: ActionRequest,
  signal: AbortSignal,
  tools: { readonly log: EffectLog; readonly fetch: GuardedFetch },
): Promise<EffectResult> {
  const { log, fetch } = tools;
  const input = structuredClone({ ...request.input });
  const fault = action.inputFault(input);
  if (fault !== undefined) {
    log.warn({ action: action.name, fault }, 'the input of an action does not fit its schema');
    return failed;
  }
  const { caller, idempotencyKey } = request;
  const context = { input, caller, idempotencyKey, signal, log: logOf(action.name, log), fetch };
  try {
    const returned = await untilAborted(signal, () => action.run(context));
    if (returned === abandoned) {
      log.warn({ action: action.name }, 'an action was not done in time and is not waited for');
      return failed;
    }
    return readResult(action, returned, log);
  } catch (error) {
    log.error({ action: action.name, ...traceOf(error) }, 'an action failed');
    return failed;
  }
}

const abandoned = Symbol('abandoned');

async function untilAborted(signal: AbortSignal, run: () => ActionResult): Promise<ActionResult> {
  if (signal.aborted) return abandoned;
  let giveUp = () => {};
  const aborted = new Promise<ActionResult>((resolve) => {
    giveUp = () => resolve(abandoned);
  });
  signal.addEventListener('abort', giveUp);
  try {
    return await Promise.race([run(), aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

function readResult(action: RegisteredAction, returned: unknown, log: EffectLog): EffectResult {
  const { outcome, value } = outcomeOf(returned);
  if (typeof outcome !== 'string') {
    log.error({ action: action.name }, 'an action returned a result that is not { outcome, value? }');
    return failed;
  }
  if (!action.outcomes.includes(outcome) && !alwaysPossible.includes(outcome)) {
    log.error(
      { action: action.name, outcome: outcome.slice(0, 40) },
      'an action returned an outcome that it does not declare',
    );
    return failed;
  }
  if (value === undefined) return { outcome };
  const plain = plainJson(value);
  if (plain === undefined) {
    log.error({ action: action.name, outcome }, 'an action returned a value that is not plain JSON');
    return failed;
  }
  return { outcome, value: plain };
}

function outcomeOf(returned: unknown): { readonly outcome: unknown; readonly value: unknown } {
  if (typeof returned !== 'object' || returned === null || !('outcome' in returned)) {
    return { outcome: 'ok', value: returned };
  }
  const onlyKnown = Object.keys(returned).every((key) => key === 'outcome' || key === 'value');
  return { outcome: onlyKnown ? returned.outcome : undefined, value: 'value' in returned ? returned.value : undefined };
}

function logOf(action: string, log: EffectLog): ActionLog {
  return {
    info: (message, fields) => log.info({ ...fields, action }, message),
    warn: (message, fields) => log.warn({ ...fields, action }, message),
    error: (message, fields) => log.error({ ...fields, action }, message),
  };
}
