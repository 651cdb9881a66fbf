import type { DialogService } from '@app/dialog';
import type { Account } from '@app/provider-kit';
import { routeOf } from '@app/sms';
import { WrongUse } from '../failures.js';
import { callerOf, type Chosen } from './choose.js';
import { converse } from './conversation.js';
import { drawFrame, plainScreen } from './frame.js';
import { Line } from './line.js';
import type { PlayChannel, PlayOptions } from './play-options.js';
import { PlayedPhone, type Screen } from './played-phone.js';
import { Hurried, logTo, serviceOf, type Surroundings } from './played-service.js';
import { Handset } from './sms/handset.js';
import { messageWireOf } from './sms/message-wire.js';
import { converseByText } from './sms/text-conversation.js';
import { PlayedCall } from './voice/played-call.js';
import { VoiceLine } from './voice/voice-line.js';
import { wireOf } from './wires/index.js';

/** What is played, and through whom. */
export interface Played {
  readonly chosen: Chosen;
  /** With its addresses leading to the dialog. */
  readonly account: Account;
  readonly dialog: string;
  /** What is dialled or written to. */
  readonly to: string;
  readonly options: PlayOptions;
}

/** Holds a conversation until the person has gone. @throws WrongUse for a provider that cannot be played */
export function hold(played: Played, surroundings: Surroundings): Promise<void> {
  const clock = new Hurried();
  return holders[played.chosen.channel](played, surroundings, serviceOf(surroundings, clock), clock);
}

type Holder = (played: Played, surroundings: Surroundings, dialogs: DialogService, clock: Hurried) => Promise<void>;

const holders: Readonly<Record<PlayChannel, Holder>> = {
  ussd: holdByScreen,
  bot: holdByScreen,
  sms: holdByText,
  voice: holdByVoice,
};

async function holdByScreen(
  { chosen, account, dialog, to, options }: Played,
  { workspace, terminal }: Surroundings,
  dialogs: DialogService,
  clock: Hurried,
): Promise<void> {
  const { provider, channel } = chosen;
  const wire = wireOf(account, callerOf(options, to, account, channel));
  if (wire === undefined) throw unplayable(chosen);
  const line = new Line(provider, account, channel === 'bot' ? 'bot' : 'ussd', dialogs, clock);
  const title = `${to} · ${provider.name}`;
  await converse<Screen>({
    phone: new PlayedPhone(wire, (request) => line.send(request), terminal.live ? () => undefined : clock.think),
    terminal,
    draw: (screen) => (terminal.live ? drawFrame(screen, title, terminal.columns) : plainScreen(screen)),
    idleMs: (screen) => idleMsOf(workspace, screen.dialog ?? dialog, channel),
  });
}

async function holdByText(
  { chosen, account, to, options }: Played,
  { io, terminal }: Surroundings,
  dialogs: DialogService,
  clock: Hurried,
): Promise<void> {
  const { provider } = chosen;
  const wire = messageWireOf(provider.id, callerOf(options, to, account, 'sms'));
  if (wire === undefined) throw unplayable(chosen);
  const handset = new Handset({ provider, account, wire, dialogs, clock, log: logTo(io) });
  await converseByText({ handset, terminal, to, keywords: [...routeOf(account, to).keywords.keys()] });
}

async function holdByVoice(
  { chosen, account, dialog, to, options }: Played,
  { io, workspace, terminal }: Surroundings,
  dialogs: DialogService,
  clock: Hurried,
): Promise<void> {
  const { provider } = chosen;
  if (provider.id !== 'africastalking') throw unplayable(chosen);
  const line = new VoiceLine({ provider, account, dialogs, now: clock.now, log: logTo(io) });
  await converse({
    phone: new PlayedCall(line, callerOf(options, to, account, 'voice'), clock.now),
    terminal,
    draw: ({ lines }) => lines.join('\n'),
    idleMs: () => idleMsOf(workspace, dialog, 'voice'),
  });
}

function unplayable({ provider, channel }: Chosen): WrongUse {
  return new WrongUse(`${provider.name} cannot be played on ${channel} yet.`);
}

function idleMsOf({ dialogs }: Surroundings['workspace'], dialog: string, channel: PlayChannel): number {
  return dialogs.dialogs.find(({ id }) => id === dialog)?.idleMs[channel] ?? 0;
}
