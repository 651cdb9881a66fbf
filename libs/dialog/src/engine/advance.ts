import type { Navigation, Step } from '../definition/model.js';
import type { PhraseName } from '../definition/phrases.js';
import { attemptsOf, claims, enter, isQuestion, read, show } from '../steps/index.js';
import type { Question } from '../steps/kind.js';
import { comparable } from '../steps/reading.js';
import { comeBack } from '../steps/run.js';
import { go, type EffectAnswer, type EffectCall, type Next } from './next.js';
import { UndoLog } from './undo-log.js';
import type { SpokenPart } from '../turn.js';
import { markOf, popUndo, pushUndo, takeMarkBefore, type Mark } from './undo.js';
import { optionLines, promptForChoice } from './voice.js';
import { WalkFault, type Walk } from './walk.js';

/** More steps than this between two questions are a loop. */
const maxSteps = 500;

/** What the person did. */
export type WalkInput =
  | { readonly kind: 'start' }
  /** The present question again, as after a return. */
  | { readonly kind: 'show' }
  /** Whether to go on where an earlier session stopped. */
  | { readonly kind: 'offer-resume' }
  /** In a call, a recording is an answer by its address. */
  | { readonly kind: 'answer'; readonly text: string }
  /** Asked, and nothing came: an answer that does not fit. */
  | { readonly kind: 'silence' };

/** What a walk wants to say; the state was changed to match. */
export type WalkResult =
  /** The page of a screen that was cut before. */
  | { readonly kind: 'page'; readonly end: boolean }
  | {
      readonly kind: 'screen';
      readonly above: readonly SpokenPart[];
      readonly question: Question;
      /** The last words of the conversation. */
      readonly end: boolean;
      /** The phrase that it gave up with, if it did. */
      readonly gaveUp: PhraseName | undefined;
    };

/**
 * Walks a dialog from one input to the next question or the end. Pure but for the walk's state, which it changes in
 * place; what is to be done outside is yielded, and the walk goes on with the answer. A walk that is not gone on with
 * leaves a state that must be thrown away.
 */
export function* advance(walk: Walk, input: WalkInput): Generator<EffectCall, WalkResult, EffectAnswer> {
  const { state } = walk;
  switch (input.kind) {
    case 'start':
      return yield* follow(walk, go(walk.frame.step), undefined);
    case 'show':
      return showAgain(walk, undefined);
    case 'offer-resume':
      state.offeringResume = true;
      return resumeScreen(walk, undefined);
    case 'answer':
      return yield* answer(walk, input.text);
    case 'silence':
      return yield* state.offeringResume ? refuseResume(walk, 'noInput') : refuse(walk, walk.phrase('noInput'));
  }
}

type Steps = Generator<EffectCall, WalkResult, EffectAnswer>;

function* answer(walk: Walk, text: string): Steps {
  const { state } = walk;
  const key = comparable(text);
  if (state.page < lastPage(walk) && key === moreKey(walk)) return turnPage(walk, state.page + 1);
  return yield* state.offeringResume ? answerResume(walk, key) : answerStep(walk, text, key);
}

function* answerStep(walk: Walk, text: string, key: string): Steps {
  const { state } = walk;
  const step = walk.stepNamed(walk.frame.step);
  const navigated = navigation(walk, key);
  if (navigated !== undefined && isQuestion(step) && claims(walk, step, text))
    return yield* readAnswer(walk, step, text);
  if (navigated === 'back') {
    if (state.page > 0) return turnPage(walk, state.page - 1);
    if (popUndo(state)) state.attempts = 0;
    walk.variablesChanged();
    return showAgain(walk, undefined);
  }
  if (navigated === 'home') return yield* follow(walk, goHome(walk), undefined);
  return yield* readAnswer(walk, step, text);
}

function* readAnswer(walk: Walk, step: Step, text: string): Steps {
  const mark = markOf(walk.state);
  const reading = isQuestion(step) ? read(walk, step, text) : undefined;
  if (reading?.kind === 'fits') return yield* follow(walk, reading.apply(), mark);
  return yield* refuse(walk, invalidText(walk, step));
}

/** Asks again until the attempts are used up. */
function* refuse(walk: Walk, complaint: string): Steps {
  const { state } = walk;
  const step = walk.stepNamed(walk.frame.step);
  // Nobody goes back to a transfer: it would ring again.
  const mark = step.kind === 'transfer' ? takeMarkBefore(state) : markOf(state);
  walk.refused = step.kind !== 'transfer';
  state.attempts += 1;
  if (state.attempts < (isQuestion(step) ? attemptsOf(step) : 3)) return showAgain(walk, complaint);
  const otherwise = isQuestion(step) ? step.otherwise : undefined;
  if (otherwise !== undefined) return yield* follow(walk, go(otherwise), mark);
  return gaveUp(walk, step.kind === 'transfer' ? 'unavailable' : 'goodbye');
}

function* answerResume(walk: Walk, key: string): Steps {
  const { state } = walk;
  const isChoice = (number: string, label: PhraseName): boolean =>
    key === number || walk.phraseInEveryLanguage(label).some((phrase) => comparable(phrase) === key);
  if (isChoice('1', 'continue')) {
    state.offeringResume = false;
    state.attempts = 0;
    return showAgain(walk, undefined);
  }
  const navigated = navigation(walk, key);
  if (isChoice('2', 'startAgain') || navigated === 'home') return yield* follow(walk, goHome(walk), undefined);
  if (navigated === 'back') return state.page > 0 ? turnPage(walk, state.page - 1) : resumeScreen(walk, undefined);
  return yield* refuseResume(walk, 'invalid');
}

function* refuseResume(walk: Walk, complaint: PhraseName): Steps {
  walk.refused = true;
  walk.state.attempts += 1;
  return walk.state.attempts < 3 ? resumeScreen(walk, walk.phrase(complaint)) : gaveUp(walk, 'goodbye');
}

/** Follows steps until one waits or the conversation is over. `answered`: the question that was left. */
function* follow(walk: Walk, first: Next, answered: Mark | undefined): Steps {
  let next = first;
  for (let steps = 0; steps < maxSteps; steps++) {
    switch (next.kind) {
      case 'go': {
        walk.frame.step = next.step;
        next = enter(walk, walk.stepNamed(next.step));
        break;
      }
      case 'effect':
        next = next.then(yield next.effect);
        break;
      case 'finish':
        if (walk.state.frames.length === 1) return arrive(walk, answered, { head: next.text, options: [] }, true);
        walk.putAbove(next.text);
        next = comeBack(walk, next.as);
        break;
      case 'give-up':
        return gaveUp(walk, next.phrase);
      case 'wait': {
        const step = walk.stepNamed(walk.frame.step);
        if (!isQuestion(step)) throw new WalkFault(`step "${step.name}" cannot wait`);
        walk.state.shown = undefined;
        return arrive(walk, answered, show(walk, step, false), false);
      }
    }
  }
  throw new WalkFault(`dialog "${walk.dialog.id}" takes more than ${maxSteps} steps without a question`);
}

function arrive(walk: Walk, answered: Mark | undefined, question: Question, end: boolean): WalkResult {
  const { state } = walk;
  if (answered !== undefined) pushUndo(state, answered);
  state.attempts = 0;
  return screen(walk, [...walk.above], question, end);
}

function screen(walk: Walk, above: readonly SpokenPart[], question: Question, end: boolean): WalkResult {
  walk.state.pages = undefined;
  walk.state.page = 0;
  return { kind: 'screen', above, question, end, gaveUp: undefined };
}

function gaveUp(walk: Walk, phrase: PhraseName): WalkResult {
  walk.state.pages = undefined;
  walk.state.page = 0;
  const question = { head: walk.phrase(phrase), options: [] };
  return { kind: 'screen', above: [...walk.above], question, end: true, gaveUp: phrase };
}

/** The present screen from its first page, without what stood above it, perhaps with a word on what was wrong. */
function showAgain(walk: Walk, complaint: string | undefined): WalkResult {
  const step = walk.stepNamed(walk.frame.step);
  const question = isQuestion(step) ? show(walk, step, true) : lastWords(walk, step);
  return screen(walk, [], complain(question, complaint), !isQuestion(step));
}

function resumeScreen(walk: Walk, complaint: string | undefined): WalkResult {
  const labels = [walk.phrase('continue'), walk.phrase('startAgain')];
  const question = {
    head: walk.phrase('resume'),
    options: optionLines(walk, labels),
    ...promptForChoice(walk, labels.length),
    choices: labels.map((label, i) => ({ label, value: String(i + 1) })),
  };
  return screen(walk, [], complain(question, complaint), false);
}

function complain(question: Question, complaint: string | undefined): Question {
  return complaint === undefined ? question : { ...question, lead: complaint };
}

/** An `end` that is longer than a page waits on its pages. */
function lastWords(walk: Walk, step: Step): Question {
  if (step.kind !== 'end') throw new WalkFault(`step "${step.name}" has no screen`);
  return { head: walk.text(step.text), options: [] };
}

function invalidText(walk: Walk, step: Step): string {
  if ('invalid' in step) return walk.text(step.invalid);
  return walk.phrase(step.kind === 'ask' || step.kind === 'record' ? 'invalidAnswer' : 'invalid');
}

function lastPage({ state }: Walk): number {
  return (state.pages?.length ?? 1) - 1;
}

function turnPage(walk: Walk, page: number): WalkResult {
  const { state } = walk;
  state.page = page;
  const asks = state.offeringResume || isQuestion(walk.stepNamed(walk.frame.step));
  return { kind: 'page', end: !asks && page === lastPage(walk) };
}

/** What a key does where no choice claims it. */
function navigation(walk: Walk, key: string): 'back' | 'home' | undefined {
  const { back, home } = walk.context.channel === 'voice' ? keysOf(walk.dialog.navigation) : walk.dialog.navigation;
  if (sameKey(back, key)) return 'back';
  return sameKey(home, key) ? 'home' : undefined;
}

/** A call has its own keys, where the dialog has not taken theirs away. */
function keysOf({ back, home }: Navigation): Navigation {
  return { ...(back !== undefined && { back: '0' }), ...(home !== undefined && { home: '*' }) };
}

function sameKey(key: string | undefined, pressed: string): boolean {
  return key !== undefined && comparable(key) === pressed;
}

/** The key that turns the page; without one of its own a long screen could not be read. */
function moreKey(walk: Walk): string {
  return comparable(walk.dialog.navigation.more ?? '98');
}

/** The start of the outermost dialog, with nothing kept but the language. */
function goHome(walk: Walk): Next {
  const { state, version } = walk;
  const root = version.root;
  state.frames = [{ dialog: root.id, step: root.start, vars: {} }];
  state.undo = new UndoLog(root.id);
  state.shown = undefined;
  state.offeringResume = false;
  walk.variablesChanged();
  return go(root.start);
}
