import type { Dialog, DialogVersion, Step, Text } from '../definition/model.js';
import { builtInPhrases, type PhraseName } from '../definition/phrases.js';
import { parseTemplate } from '../definition/template.js';
import { lookUp } from '../definition/look-up.js';
import type { SpokenPart } from '../turn.js';
import type { Channel, Scope, Template, Value, ValueTemplate, VariablePath } from '../values.js';
import type { WalkContext } from './context.js';
import type { DecidedMessage } from './decided.js';
import { localTime } from './local-time.js';
import { Sealed, type Frame, type Held } from './state.js';
import type { WalkState } from './walk-state.js';
import { matchLanguage, phraseOf, variantOf, variantsOf } from './texts.js';

/** A dialog asks for something that its definition does not have: a fault of ours, never of the caller. */
export class WalkFault extends Error {
  override readonly name = 'WalkFault';
}

/** One walk through a dialog: the state it changes, and what steps need to read and write it. */
export class Walk {
  /** What is said, and on voice played, before the next question. */
  readonly above: SpokenPart[] = [];
  /** Messages to send, in the order in which they were decided. */
  readonly decided: DecidedMessage[] = [];
  /** The caller or the dialog chose a language in this walk, perhaps the one that it had. */
  languageChosen = false;
  /** What the person answered, or that nothing came, did not fit. */
  refused = false;
  private readonly visits = new Map<string, number>();
  private readonly missed = new Set<string>();
  private plainScope: MutableScope | undefined;
  private openedScope: MutableScope | undefined;

  constructor(
    readonly version: DialogVersion,
    readonly state: WalkState,
    readonly context: WalkContext,
  ) {}

  get frame(): Frame {
    const frame = this.state.frames.at(-1);
    if (frame === undefined) throw new WalkFault('the session has no dialog');
    return frame;
  }

  get dialog(): Dialog {
    return this.dialogNamed(this.frame.dialog);
  }

  dialogNamed(id: string): Dialog {
    const dialog = this.version.dialogs.get(id);
    if (dialog === undefined) throw new WalkFault(`version ${this.version.version} has no dialog "${id}"`);
    return dialog;
  }

  stepNamed(name: string): Step {
    const step = this.dialog.steps.get(name);
    if (step === undefined) throw new WalkFault(`dialog "${this.dialog.id}" has no step "${name}"`);
    return step;
  }

  /** The language of the next text. */
  get language(): string {
    const { languages } = this.dialog;
    return matchLanguage(this.state.language, languages) ?? languages[0];
  }

  /** Renders a text in the caller's language, for this channel or the one given; sensitive values render as nothing. */
  text(text: Text, channel: Channel = this.context.channel): string {
    const template = variantOf(text, channel, this.state.language, this.dialog.languages);
    return template === undefined ? '' : withoutLastBreaks(this.render(template));
  }

  /** A text in the first language: what a choice is saved as, whatever the caller reads. */
  textInFirstLanguage(text: Text): string {
    const { languages } = this.dialog;
    const template = variantOf(text, this.context.channel, languages[0], languages);
    return template === undefined ? '' : withoutLastBreaks(this.render(template));
  }

  /** A text in every language that it has. */
  textInEveryLanguage(text: Text): string[] {
    return Array.from(variantsOf(text, this.context.channel), (template) => this.render(template));
  }

  phrase(name: PhraseName): string {
    return this.phraseIn(name, this.language);
  }

  /** What to press for an option, in words. */
  press(label: string, n: number): string {
    const phrase = phraseOf(this.dialog, 'press', this.context.channel, this.language);
    const template = typeof phrase === 'string' ? builtInPress : phrase;
    const scope = this.scopeFor(template.reads);
    return withoutLastBreaks(template.render({ ...scope, values: { ...scope.values, label, n } }));
  }

  phraseInEveryLanguage(name: PhraseName): string[] {
    return this.dialog.languages.map((language) => this.phraseIn(name, language));
  }

  /** Puts a text above the next screen, unless it came to nothing. */
  putAbove(text: string): void {
    if (text !== '') this.above.push({ kind: 'say', text });
  }

  render(template: Template): string {
    return template.reads.length === 0 ? template.render(emptyScope) : template.render(this.scopeFor(template.reads));
  }

  /** Variables without the sensitive ones: what texts may show. */
  scopeFor(reads: readonly VariablePath[]): Scope {
    this.plainScope ??= this.makeScope(false);
    return this.withTime(this.plainScope, reads);
  }

  /** Variables with the sensitive ones opened: for conditions, and for what actions and other dialogs are given. */
  openScopeFor(reads: readonly VariablePath[]): Scope {
    this.openedScope ??= this.makeScope(true);
    return this.withTime(this.openedScope, reads);
  }

  /** Evaluates a value of `with` for an action, which is given sensitive values as they are: a PIN stays a text. */
  input(template: ValueTemplate): Value {
    const scope = this.openScopeFor(template.reads);
    const value = template.evaluate(scope);
    const [path, ...others] = template.reads;
    if (path?.length !== 1 || others.length > 0 || !this.readsSealed(template.reads)) return value;
    const opened = scope.values[path[0] as string];
    return typeof opened === 'string' && opened === asText(value) ? opened : value;
  }

  /** Evaluates a value of `set` or `with`; what is made from a sensitive value is sensitive. */
  evaluate(template: ValueTemplate): Held {
    const value = this.input(template);
    return this.readsSealed(template.reads) ? new Sealed(this.context.seal.seal(value)) : value;
  }

  setVariable(name: string, value: Held): void {
    if (name === 'language' && !(value instanceof Sealed)) {
      const wish = asText(value);
      this.state.language = matchLanguage(wish, this.dialog.languages) ?? wish;
      this.languageChosen = true;
    } else {
      this.frame.vars[name] = value;
    }
    this.variablesChanged();
  }

  /** To be called when frames or variables were changed by other means than `setVariable`. */
  variablesChanged(): void {
    this.plainScope = undefined;
    this.openedScope = undefined;
  }

  variable(path: VariablePath): unknown {
    return lookUp(this.scopeFor([path]), path);
  }

  /** Counts a coming by of a step within this turn. */
  visit(step: string): number {
    const n = (this.visits.get(step) ?? 0) + 1;
    this.visits.set(step, n);
    return n;
  }

  private phraseIn(name: PhraseName, language: string): string {
    const phrase = phraseOf(this.dialog, name, this.context.channel, language);
    return typeof phrase === 'string' ? phrase : withoutLastBreaks(this.render(phrase));
  }

  private readsSealed(reads: readonly VariablePath[]): boolean {
    const { vars } = this.frame;
    return reads.some(([name]) => name !== undefined && Object.hasOwn(vars, name) && vars[name] instanceof Sealed);
  }

  /** Counts a variable that is not there: once a walk, however often the same text is made for it. */
  countMissing(name: string, dialog = this.frame.dialog): void {
    const counted = `${dialog} ${name}`;
    if (this.missed.has(counted)) return;
    this.missed.add(counted);
    this.context.missing(dialog, name);
  }

  private withTime(scope: MutableScope, reads: readonly VariablePath[]): Scope {
    if (scope.values['now'] === undefined && reads.some((path) => path[0] === 'now')) {
      scope.values['now'] = localTime(this.context.now, this.context.timezone);
    }
    return scope;
  }

  private makeScope(open: boolean): MutableScope {
    const values = Object.create(null) as Record<string, unknown>;
    const { vars, dialog } = this.frame;
    for (const name of Object.keys(vars)) {
      const value = vars[name];
      if (!(value instanceof Sealed)) values[name] = value;
      else if (open) values[name] = this.context.seal.open(value.box);
    }
    const { context } = this;
    values['caller'] = context.caller;
    values['channel'] = context.channel;
    values['provider'] = context.provider;
    values['account'] = context.account;
    values['to'] = context.to;
    values['language'] = this.language;
    values['entities'] = context.entities ?? nothing;
    values['allEntities'] = context.allEntities ?? nothing;
    return { values, missing: (name) => this.countMissing(name, dialog) };
  }
}

/** Texts written as YAML blocks end with a line break, which would leave an empty line. */
function withoutLastBreaks(text: string): string {
  return text.endsWith('\n') ? text.replace(/\n+$/, '') : text;
}

interface MutableScope extends Scope {
  readonly values: Record<string, unknown>;
}

function asText(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const builtInPress = parseTemplate(builtInPhrases.press);

const nothing: Readonly<Record<string, never>> = Object.freeze(Object.create(null) as Record<string, never>);

const emptyScope: Scope = { values: nothing, missing: () => undefined };
