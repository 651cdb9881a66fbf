import type { Value } from '@app/dialog';

/** The channels that tests can speak; the screen of a call is what is said in it. */
export const testChannels = ['ussd', 'sms', 'voice', 'bot'] as const;
export type TestChannel = (typeof testChannels)[number];

/** Where something stands in a test file; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A `*.test.yaml`, read without a fault. */
export interface TestFile {
  readonly file: string;
  readonly dialog: string;
  readonly conversations: readonly Conversation[];
}

/** Who calls, how, and with what stubbed: set for a whole file, changed by a conversation. */
export interface Settings {
  readonly channels: readonly TestChannel[];
  readonly msisdn: string;
  readonly network?: string;
  /** As the provider would send it. */
  readonly language?: string;
  readonly country?: string;
  readonly timezone: string;
  /** Absent: what the caller's network shows. */
  readonly maxSeptets?: number;
  /** When the conversation begins, epoch milliseconds. */
  readonly now: number;
  /** What the platform of a bot recognised in the first message. */
  readonly entities: Readonly<Record<string, string>>;
  readonly stubs: readonly Stub[];
}

export interface Conversation {
  readonly name: string;
  readonly at: Place;
  readonly settings: Settings;
  readonly steps: readonly Step[];
}

export type Step = { readonly at: Place } & (
  | { readonly kind: 'dial'; readonly shortcut: readonly string[] }
  | { readonly kind: 'answer'; readonly text: string }
  /** In a call: the question passes without a word. */
  | { readonly kind: 'silence' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'expect'; readonly end: boolean; readonly screens: ByChannel }
);

/** What a screen must be: the whole of it, or something to be found in it. */
export type Expectation =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'pattern'; readonly pattern: RegExp };

/** Undefined: any text will do. */
export type ByChannel = Readonly<Partial<Record<TestChannel | 'default', Expectation>>>;

/** Stands for an action, or for requests to URLs that begin with `name`. */
export interface Stub {
  readonly name: string;
  readonly at: Place;
  readonly cases: readonly StubCase[];
}

/** What a stub answers to inputs that hold everything in `with`. */
export interface StubCase {
  readonly at: Place;
  readonly with: Readonly<Record<string, Value>>;
  readonly outcome: string;
  readonly value?: Value;
}
