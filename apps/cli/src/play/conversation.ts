import type { Heard, Prompt, Terminal } from './terminal.js';

/** A phone with one session after the other. */
export interface Phone<Shown> {
  /** Whether an answer would belong to a session. */
  readonly open: boolean;
  dial(): Promise<Shown>;
  answer(text: string): Promise<Shown>;
  /** The last request once more, byte for byte. */
  repeat(): Promise<Shown>;
  hangUp(): Promise<void>;
}

/** What a conversation in the terminal is held with. */
export interface Conversation<Shown> {
  readonly phone: Phone<Shown>;
  readonly terminal: Terminal;
  readonly draw: (shown: Shown) => string;
  /** How long the session stays open without an answer, in milliseconds. */
  readonly idleMs: (shown: Shown) => number;
}

const help = `:q  hang up          :d  dial anew
:r  send the same once more, as a network does that lost the reply
Anything else is the answer.`;

/** Dials, shows, and takes answers until the person has gone. */
export async function converse<Shown>(conversation: Conversation<Shown>): Promise<void> {
  const { phone, terminal } = conversation;
  let until = show(conversation, await phone.dial());
  for (;;) {
    const heard = await terminal.hear(phone.open ? answerPrompt(until) : dialPrompt);
    const reaction = react(heard, conversation);
    if (reaction === 'leave') return;
    const screen = await reaction;
    if (screen !== undefined) until = show(conversation, screen);
  }
}

/** Until when it can be answered, epoch milliseconds. */
function show<Shown>({ terminal, draw, idleMs }: Conversation<Shown>, shown: Shown): number {
  terminal.print(draw(shown));
  return Date.now() + idleMs(shown);
}

type Reaction<Shown> = 'leave' | Promise<Shown | undefined> | undefined;

function react<Shown>(heard: Heard, conversation: Conversation<Shown>): Reaction<Shown> {
  const { phone, terminal } = conversation;
  switch (heard.kind) {
    case 'closed':
      return 'leave';
    case 'interrupt':
      return hangUp(phone, terminal, 'You hung up.');
    case 'timeout':
      return hangUp(phone, terminal, 'Nobody answered in time: the session is over.');
    case 'line':
      return obey(heard.text, phone, terminal);
  }
}

function obey<Shown>(line: string, phone: Phone<Shown>, terminal: Terminal): Reaction<Shown> {
  const command = line.trim();
  if (command === ':q') return hangUp(phone, terminal, 'You hung up.');
  if (command === ':r') return phone.repeat();
  if (command === ':d') return phone.dial();
  if (command === ':h') {
    terminal.print(help);
    return undefined;
  }
  if (phone.open) return phone.answer(line);
  if (command === '') return phone.dial();
  terminal.print(offer);
  return undefined;
}

/** Who hangs up without a session leaves. */
function hangUp<Shown>(phone: Phone<Shown>, terminal: Terminal, what: string): Reaction<Shown> {
  if (!phone.open) return 'leave';
  return phone.hangUp().then(() => {
    terminal.print(what);
    return undefined;
  });
}

const offer = 'The session is over. Enter dials again, :q leaves.';

const dialPrompt: Prompt = { text: () => `${offer} ` };

function answerPrompt(until: number): Prompt {
  return { until, text: (leftMs = 0) => `${clockOf(leftMs)} > ` };
}

/** `2:59` */
export function clockOf(leftMs: number): string {
  const seconds = Math.ceil(leftMs / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
