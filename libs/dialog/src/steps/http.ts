import type { HttpStep } from '../definition/model.js';
import { giveUp, goBy } from '../engine/next.js';
import type { Walk } from '../engine/walk.js';
import type { StepBehaviour } from './kind.js';

/** Asks a web service and goes on by exact status, then its class, then `ok` or `error`. */
export const http: StepBehaviour<HttpStep> = {
  enter(walk, step) {
    const name = `${walk.frame.dialog}/${step.name}`;
    const body = step.body?.evaluate(walk.scopeFor(step.body.reads));
    return {
      kind: 'effect',
      effect: {
        kind: 'http',
        step: name,
        visit: walk.visit(name),
        timeoutMs: step.timeoutMs,
        method: step.method,
        url: walk.render(step.url),
        headers: headersOf(walk, step),
        ...(body === undefined ? {} : { body }),
      },
      then(answer) {
        if (step.save !== undefined && answer.value !== undefined) walk.setVariable(step.save, answer.value);
        if (answer.late === true && !step.go.has('timeout') && !step.go.has('*')) return giveUp('busy');
        return goBy(step.go, ...outcomesOf(answer.outcome));
      },
    };
  },
};

function outcomesOf(outcome: string): string[] {
  if (outcome === 'timeout') return ['timeout'];
  if (!/^\d{3}$/.test(outcome)) return ['error'];
  const statusClass = `${outcome.charAt(0)}xx`;
  return [outcome, statusClass, statusClass === '2xx' ? 'ok' : 'error'];
}

function headersOf(walk: Walk, step: HttpStep): Record<string, string> {
  const headers: Record<string, string> = {};
  // A value from a caller must not start a header of its own.
  for (const [name, template] of step.headers) headers[name] = walk.render(template).replace(/[\r\n\0]+/g, ' ');
  return headers;
}
