import { isDeepStrictEqual } from 'node:util';
import type { ActionRequest, EffectResult, EffectRunner, HttpRequestOfStep, Value } from '@app/dialog';
import { isUrl } from './check-test-file.js';
import type { Stub, StubCase } from './test-file.js';

/** Answers what is stubbed, and runs actions that are not; requests that are not stubbed go nowhere. */
export class StubbedEffects implements EffectRunner {
  /** What went wrong in a way that a dialog only sees as `error`. */
  readonly notes: string[] = [];

  constructor(
    private readonly stubs: readonly Stub[],
    private readonly real: EffectRunner,
  ) {}

  call(request: ActionRequest, signal: AbortSignal): Promise<EffectResult> {
    const stubs = this.stubs.filter((stub) => !isUrl(stub) && stub.name === request.action);
    const found = caseFor(stubs, request.input);
    if (found !== undefined) return Promise.resolve(resultOf(found));
    if (stubs.length === 0) return this.real.call(request, signal);
    this.notes.push(`The stub of ${request.action} has no case for ${JSON.stringify(request.input)}.`);
    return Promise.resolve({ outcome: 'error' });
  }

  http({ method, url, body }: HttpRequestOfStep): Promise<EffectResult> {
    const stubs = this.stubs.filter((stub) => isUrl(stub) && url.startsWith(stub.name));
    const found = caseFor(stubs, isRecord(body) ? body : {});
    if (found !== undefined) return Promise.resolve(resultOf(found));
    this.notes.push(`${method} ${url} is not stubbed, and tests send no requests: add a stub named by its URL.`);
    return Promise.resolve({ outcome: 'error' });
  }
}

function resultOf({ outcome, value }: StubCase): EffectResult {
  return { outcome, ...(value === undefined ? {} : { value }) };
}

function caseFor(stubs: readonly Stub[], input: Readonly<Record<string, Value>>): StubCase | undefined {
  return stubs
    .flatMap(({ cases }) => cases)
    .find((each) => Object.entries(each.with).every(([name, value]) => isSame(input[name], value)));
}

/** Digits are a number in one place and a text in another, and mean the same here. */
function isSame(given: Value | undefined, wanted: Value): boolean {
  if (given === undefined) return false;
  if (typeof given === 'object' || typeof wanted === 'object') return isDeepStrictEqual(given, wanted);
  return String(given) === String(wanted);
}

function isRecord(value: Value | undefined): value is { readonly [name: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
