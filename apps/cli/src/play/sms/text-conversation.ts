import { describeSegments } from '../../measure.js';
import { frameAround } from '../frame.js';
import type { Terminal } from '../terminal.js';
import type { Arrived, Handset } from './handset.js';

/** What a conversation by text message is held with. */
export interface TextConversation {
  readonly handset: Handset;
  readonly terminal: Terminal;
  /** The address that is written to. */
  readonly to: string;
  readonly keywords: readonly string[];
}

const help = `:q  leave
:r  deliver the last message once more, as a provider does that did not hear us
Anything else is a message. STOP, START and HELP are understood everywhere.`;

/** Takes messages and shows what arrives for each, until the person has gone. */
export async function converseByText(conversation: TextConversation): Promise<void> {
  const { handset, terminal, to, keywords } = conversation;
  if (terminal.live) {
    const known = keywords.length === 0 ? '' : ` Keywords: ${keywords.join(', ')}.`;
    terminal.print(`Write to ${to}.${known} :h helps, :q leaves.`);
  }
  for (;;) {
    const heard = await terminal.hear({ text: () => '> ' });
    if (heard.kind !== 'line') return;
    const command = heard.text.trim();
    if (command === ':q') return;
    if (command === ':h') terminal.print(help);
    else show(conversation, await (command === ':r' ? handset.repeat() : handset.write(heard.text)));
  }
}

function show({ terminal, to }: TextConversation, { texts, silence }: Arrived): void {
  for (const text of texts) {
    const foot = describeSegments(text);
    terminal.print(terminal.live ? frameAround([text], to, foot, terminal.columns) : `${text}\n[${foot}]`);
  }
  if (texts.length === 0) terminal.print(reasons[silence ?? 'none'](to));
}

const reasons = {
  'opted-out': (to: string) => `(Nothing is sent: this number has opted out of ${to}. START opts in again.)`,
  repeated: () => '(This message came before: it has no second effect.)',
  none: () => '(Nothing is sent.)',
} as const;
