import type { AskStep, MenuStep, Step } from '../definition/model.js';
import type { Next } from '../engine/next.js';
import type { Walk } from '../engine/walk.js';
import { ask } from './ask.js';
import { call } from './call.js';
import { choose } from './choose.js';
import { end } from './end.js';
import { http } from './http.js';
import type { Question, Reading, StepBehaviour } from './kind.js';
import { menu } from './menu.js';
import { run } from './run.js';
import { say } from './say.js';
import { set } from './set.js';
import { play, record, sms, transfer } from './voice-only.js';

const behaviours: { readonly [K in Step['kind']]: StepBehaviour<Extract<Step, { kind: K }>> } = {
  menu,
  ask,
  say,
  end,
  set,
  choose,
  call,
  http,
  run,
  sms,
  transfer,
  record,
  play,
};

/** What a step wants when the walk arrives at it. */
export function enter(walk: Walk, step: Step): Next {
  return (behaviours[step.kind] as StepBehaviour<Step>).enter(walk, step);
}

export type QuestionStep = MenuStep | AskStep;

export function isQuestion(step: Step): step is QuestionStep {
  return step.kind === 'menu' || step.kind === 'ask';
}

export function show(walk: Walk, step: QuestionStep, again: boolean): Question {
  return step.kind === 'menu' ? menu.show(walk, step, again) : ask.show(walk, step, again);
}

export function read(walk: Walk, step: QuestionStep, answer: string): Reading {
  return step.kind === 'menu' ? menu.read(walk, step, answer) : ask.read(walk, step, answer);
}

export function claims(walk: Walk, step: QuestionStep, answer: string): boolean {
  return step.kind === 'menu' ? menu.claims(walk, step, answer) : ask.claims(walk, step, answer);
}
