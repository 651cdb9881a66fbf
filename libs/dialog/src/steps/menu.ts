import type { MenuOption, MenuStep } from '../definition/model.js';
import { builtInVariables } from '../definition/names.js';
import { giveUp, go, type Next } from '../engine/next.js';
import type { ShownOption } from '../engine/state.js';
import { optionLines, promptForChoice } from '../engine/voice.js';
import type { Walk } from '../engine/walk.js';
import type { Value } from '../values.js';
import type { QuestionBehaviour } from './kind.js';
import { comparable } from './reading.js';

/** Lists from data show no more items than this. */
const maxItems = 200;

/** A numbered choice. */
export const menu: QuestionBehaviour<MenuStep> = {
  enter(walk, step) {
    if (optionsToShow(walk, step).length > 0) return { kind: 'wait' };
    return step.otherwise === undefined ? giveUp('unavailable') : go(step.otherwise);
  },

  show(walk, step, again) {
    const shown = again ? shownOptions(walk, step) : optionsToShow(walk, step);
    walk.state.shown = isDerivable(step) ? undefined : shown;
    return {
      head: walk.text(step.text),
      options: optionLines(
        walk,
        shown.map(([, label]) => label),
      ),
      ...promptForChoice(walk, shown.length),
      choices: shown.map(([, label], i) => ({ label, value: String(i + 1) })),
    };
  },

  read(walk, step, answer) {
    const wanted = comparable(answer);
    const shown = shownOptions(walk, step);
    const numbered = /^[1-9]\d{0,2}$/.test(wanted) ? shown[Number(wanted) - 1] : undefined;
    const choices = (numbered === undefined ? shown : [numbered]).map((option) => choiceOf(walk, step, option));
    const chosen =
      (numbered && choices[0]) ??
      choices.find(({ value }) => value === wanted) ??
      choices.find(({ labels }) => labels.includes(wanted)) ??
      choices.find(({ also }) => also.includes(wanted));
    return chosen === undefined ? { kind: 'refused' } : { kind: 'fits', apply: () => chosen.take() };
  },

  claims(walk, step, answer) {
    const key = comparable(answer);
    return shownOptions(walk, step).some((shown, i) => {
      const { value, labels, also } = choiceOf(walk, step, shown);
      return String(i + 1) === key || value === key || labels.includes(key) || also.includes(key);
    });
  },
};

interface Choice {
  readonly value: string | undefined;
  readonly labels: readonly string[];
  readonly also: readonly string[];
  take(): Next;
}

function choiceOf(walk: Walk, step: MenuStep, [index, label]: ShownOption): Choice {
  const option = step.options?.[index];
  if (option !== undefined) return choiceOfOption(walk, step, option, label);
  // Where the list was kept, its items were texts, and may be gone by now.
  const item = walk.state.shown === undefined ? (itemsOf(walk, step)[index] ?? null) : label;
  const saved = isMap(item) && item['value'] !== undefined ? item['value'] : item;
  return {
    value: isScalar(saved) ? comparable(String(saved)) : undefined,
    labels: [comparable(label)],
    also: [],
    take() {
      if (step.save !== undefined) walk.setVariable(step.save, saved);
      return step.go === undefined ? giveUp('unavailable') : go(step.go);
    },
  };
}

function choiceOfOption(walk: Walk, step: MenuStep, option: MenuOption, label: string): Choice {
  return {
    value: option.value === undefined ? undefined : comparable(String(option.value)),
    labels: [label, ...walk.textInEveryLanguage(option.label)].map(comparable),
    also: option.also.map(comparable),
    take() {
      if (step.save !== undefined) walk.setVariable(step.save, option.value ?? walk.textInFirstLanguage(option.label));
      const target = option.go ?? step.go;
      return target === undefined ? giveUp('unavailable') : go(target);
    },
  };
}

/** The options as the caller sees or saw them. */
function shownOptions(walk: Walk, step: MenuStep): readonly ShownOption[] {
  return walk.state.shown ?? optionsToShow(walk, step);
}

function optionsToShow(walk: Walk, step: MenuStep): readonly ShownOption[] {
  const shown: ShownOption[] = [];
  if (step.options === undefined) {
    for (const [i, item] of itemsOf(walk, step).entries()) {
      const label = labelOf(item);
      if (label !== '') shown.push([i, label]);
    }
    return shown;
  }
  for (const [i, { when, label }] of step.options.entries()) {
    if (when === undefined || when.test(walk.openScopeFor(when.reads))) shown.push([i, walk.text(label)]);
  }
  return shown;
}

/** Whether the list comes out the same later in the same visit: what a dialog saved cannot change, what a bot found can. */
function isDerivable(step: MenuStep): boolean {
  if (step.optionsFrom !== undefined) return !builtInVariables.includes(step.optionsFrom[0] ?? '');
  return (step.options ?? []).every(
    ({ when, label }) =>
      when === undefined &&
      [...label.values()].every((byLanguage) => [...byLanguage.values()].every(({ reads }) => reads.length === 0)),
  );
}

function itemsOf(walk: Walk, step: MenuStep): readonly Value[] {
  const list = step.optionsFrom === undefined ? undefined : walk.variable(step.optionsFrom);
  return Array.isArray(list) ? (list as readonly Value[]).slice(0, maxItems) : [];
}

/** Empty: the item cannot be shown. */
function labelOf(item: Value): string {
  const label = isMap(item) ? (item['label'] ?? item['value'] ?? '') : item;
  return isScalar(label) ? String(label).trim() : '';
}

function isMap(value: Value): value is { readonly [name: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: Value): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
