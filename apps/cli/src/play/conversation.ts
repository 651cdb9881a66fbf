import { drawFrame, plainScreen } from './frame.js';
import type { PlayedPhone, Screen } from './played-phone.js';
import type { Heard, Prompt, Terminal } from './terminal.js';

/** What a conversation in the terminal is held with. */
export interface Conversation {
  readonly phone: PlayedPhone;
  readonly terminal: Terminal;
  /** Above each screen. */
  readonly title: string;
  /** How long the session of this dialog stays open without an answer, in milliseconds. */
  readonly idleMs: (dialog: string | undefined) => number;
}

const help = `:q  hang up          :d  dial anew
:r  send the same once more, as a network does that lost the reply
Anything else is the answer.`;

/** Dials, shows, and takes answers until the person has gone. */
export async function converse(conversation: Conversation): Promise<void> {
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
function show({ terminal, title, idleMs }: Conversation, screen: Screen): number {
  terminal.print(terminal.live ? drawFrame(screen, title, terminal.columns) : plainScreen(screen));
  return Date.now() + idleMs(screen.dialog);
}

type Reaction = 'leave' | Promise<Screen> | undefined;

function react(heard: Heard, conversation: Conversation): Reaction {
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

function obey(line: string, phone: PlayedPhone, terminal: Terminal): Reaction {
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
function hangUp(phone: PlayedPhone, terminal: Terminal, what: string): Reaction {
  if (!phone.open) return 'leave';
  phone.hangUp();
  terminal.print(what);
  return undefined;
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
