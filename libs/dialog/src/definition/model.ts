import type { Channel, Condition, Template, ValueTemplate, VariablePath } from '../values.js';
import type { PhraseName } from './phrases.js';

/** Where something stands in its file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * A text by channel, then by language. The channel `default` is always there; within it the language `''` stands for a
 * text that was given without a language.
 */
export type Text = ReadonlyMap<Channel | 'default', ReadonlyMap<string, Template>>;

/** The name of a step that comes next. */
export type StepName = string;

/** Outcome → step. A plain `go: name` is `{ '*': name }`. */
export type Outcomes = ReadonlyMap<string, StepName>;

interface StepBase {
  readonly name: StepName;
  readonly at: Position;
  /** Where the parts of the step stand, by path (`go.ok`, `options.0`), for messages. */
  readonly places?: ReadonlyMap<string, Position>;
}

export interface MenuOption {
  readonly label: Text;
  readonly go?: StepName;
  readonly value?: string | number | boolean;
  readonly also: readonly string[];
  readonly when?: Condition;
}

export interface MenuStep extends StepBase {
  readonly kind: 'menu';
  readonly text: Text;
  /** Exactly one of `options` and `optionsFrom` is there. */
  readonly options?: readonly MenuOption[];
  readonly optionsFrom?: VariablePath;
  readonly save?: string;
  readonly go?: StepName;
  readonly invalid?: Text;
  readonly attempts: number;
  readonly otherwise?: StepName;
}

export type AskType = 'text' | 'integer' | 'decimal' | 'amount' | 'date' | 'phone' | 'pin' | 'pattern';

export const askTypes: readonly AskType[] = ['text', 'integer', 'decimal', 'amount', 'date', 'phone', 'pin', 'pattern'];

export interface AskStep extends StepBase {
  readonly kind: 'ask';
  readonly text: Text;
  readonly type: AskType;
  /** Numbers for number types, ISO dates for `date`. */
  readonly min?: number | string;
  readonly max?: number | string;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Matches a whole answer, in linear time. */
  readonly pattern?: { readonly source: string; matches(answer: string): boolean };
  readonly save?: string;
  readonly go: StepName;
  readonly invalid?: Text;
  readonly attempts: number;
  readonly otherwise?: StepName;
  /** True for every `pin`. */
  readonly sensitive: boolean;
}

export interface SayStep extends StepBase {
  readonly kind: 'say';
  readonly text: Text;
  readonly go: StepName;
}

export interface EndStep extends StepBase {
  readonly kind: 'end';
  readonly text: Text;
  readonly as: string;
}

export interface SetStep extends StepBase {
  readonly kind: 'set';
  readonly values: ReadonlyMap<string, ValueTemplate>;
  readonly go: StepName;
}

export interface ChooseStep extends StepBase {
  readonly kind: 'choose';
  /** The last one has no `when`. */
  readonly cases: readonly { readonly when?: Condition; readonly go: StepName }[];
}

export interface CallStep extends StepBase {
  readonly kind: 'call';
  readonly action: string;
  readonly with: ReadonlyMap<string, ValueTemplate>;
  readonly timeoutMs: number;
  readonly save?: string;
  readonly late?: 'sms';
  readonly go: Outcomes;
}

export interface HttpStep extends StepBase {
  readonly kind: 'http';
  readonly url: Template;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: ReadonlyMap<string, Template>;
  readonly body?: ValueTemplate;
  readonly timeoutMs: number;
  readonly save?: string;
  /** Looked up by exact status, then class (`2xx`), then `ok`, `error`, `timeout`. */
  readonly go: Outcomes;
}

export interface SmsStep extends StepBase {
  readonly kind: 'sms';
  readonly text: Text;
  readonly to?: Template;
  readonly go: StepName;
}

export interface TransferStep extends StepBase {
  readonly kind: 'transfer';
  readonly number: Template;
  readonly record: boolean;
  readonly otherwise?: StepName;
}

export interface RecordStep extends StepBase {
  readonly kind: 'record';
  readonly text: Text;
  readonly maxSeconds?: number;
  readonly save?: string;
  readonly go: StepName;
  readonly otherwise?: StepName;
}

export interface PlayStep extends StepBase {
  readonly kind: 'play';
  readonly url: Text;
  readonly go: StepName;
}

export interface RunStep extends StepBase {
  readonly kind: 'run';
  readonly dialog: string;
  readonly with: ReadonlyMap<string, ValueTemplate>;
  readonly save?: string;
  readonly go: Outcomes;
}

export type Step =
  | MenuStep
  | AskStep
  | SayStep
  | EndStep
  | SetStep
  | ChooseStep
  | CallStep
  | HttpStep
  | SmsStep
  | TransferStep
  | RecordStep
  | PlayStep
  | RunStep;

export type StepKind = Step['kind'];

export interface Navigation {
  readonly back?: string;
  readonly home?: string;
  readonly more?: string;
}

/** One dialog, read and checked. */
export interface Dialog {
  readonly id: string;
  /** As given, for messages. */
  readonly file: string;
  readonly languages: readonly [string, ...string[]];
  readonly start: StepName;
  /** How long an unanswered session stays open, in milliseconds. */
  readonly idleMs: Readonly<Record<Channel, number>>;
  readonly resume: 'restart' | 'continue' | 'ask';
  readonly resumeWithinMs: number;
  readonly navigation: Navigation;
  readonly showNavigation: boolean;
  readonly phrases: ReadonlyMap<PhraseName, Text>;
  readonly steps: ReadonlyMap<StepName, Step>;
  /** Where the parts of the file stand, by path (`phrases.invalid`), for messages. */
  readonly places?: ReadonlyMap<string, Position>;
}

/**
 * A dialog together with every dialog that it can run: what a session is pinned to. Its version is the hash of all
 * their contents, in hex.
 */
export interface DialogVersion {
  readonly id: string;
  readonly version: string;
  readonly root: Dialog;
  readonly dialogs: ReadonlyMap<string, Dialog>;
  /** Dialog id → the text of its file, enough to compile the version again. */
  readonly sources: Readonly<Record<string, string>>;
}
