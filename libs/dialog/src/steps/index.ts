import type { Step } from '../definition/model.js';
import type { Next } from '../engine/next.js';
import type { Walk } from '../engine/walk.js';
import { ask } from './ask.js';
import { call } from './call.js';
import { choose } from './choose.js';
import { end } from './end.js';
import { http } from './http.js';
import type { Question, QuestionBehaviour, Reading, StepBehaviour } from './kind.js';
import { menu } from './menu.js';
import { play } from './play.js';
import { record } from './record.js';
import { run } from './run.js';
import { say } from './say.js';
import { set } from './set.js';
import { sms } from './sms.js';
import { transfer } from './transfer.js';

const questions = { menu, ask, record, transfer } as const;

const behaviours: { readonly [K in Step['kind']]: StepBehaviour<Extract<Step, { kind: K }>> } = {
  ...questions,
  say,
  end,
  set,
  choose,
  call,
  http,
  run,
  sms,
  play,
};

/** What a step wants when the walk arrives at it. */
export function enter(walk: Walk, step: Step): Next {
  return (behaviours[step.kind] as StepBehaviour<Step>).enter(walk, step);
}

/** A step that waits for an answer; on channels that cannot do it, some never get to wait. */
export type QuestionStep = Extract<Step, { kind: keyof typeof questions }>;

export function isQuestion(step: Step): step is QuestionStep {
  return Object.hasOwn(questions, step.kind);
}

export function show(walk: Walk, step: QuestionStep, again: boolean): Question {
  return behaviourOf(step).show(walk, step, again);
}

export function read(walk: Walk, step: QuestionStep, answer: string): Reading {
  return behaviourOf(step).read(walk, step, answer);
}

export function claims(walk: Walk, step: QuestionStep, answer: string): boolean {
  return behaviourOf(step).claims(walk, step, answer);
}

/** How often an answer may be wrong, silence included. A transfer is tried once. */
export function attemptsOf(step: QuestionStep): number {
  if (step.kind === 'transfer') return 1;
  return step.kind === 'record' ? 3 : step.attempts;
}

function behaviourOf(step: QuestionStep): QuestionBehaviour<QuestionStep> {
  return questions[step.kind];
}
