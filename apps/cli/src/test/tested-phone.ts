import type { DialogService, ScreenLimit, Turn, TurnInput, TurnReply } from '@app/dialog';
import { ussdSeptetsOf } from '@app/telephony';
import type { Settings, TestChannel } from './test-file.js';

/** Time that stands still between the steps of a conversation. */
export class StoppedClock {
  constructor(private time: number) {}
  readonly now = (): number => this.time;
  advance(ms: number): void {
    this.time += ms;
  }
}

/** What a person takes between two answers: longer than the window in which the same input would be a repeat. */
const betweenTurnsMs = 5_000;

const repeatWindowMs = 1_500;
const deadlineMs = 8_000;

/** Speaks to a dialog as a channel does: USSD with its whole history, others with what was said last. */
export class TestedPhone {
  private session = 0;
  private inputs: string[] = [];
  private reply: TurnReply | undefined;

  constructor(
    private readonly service: DialogService,
    private readonly clock: StoppedClock,
    private readonly dialog: string,
    private readonly channel: TestChannel,
    private readonly settings: Settings,
  ) {}

  /** How much a screen holds. */
  get limit(): ScreenLimit {
    if (this.channel !== 'ussd') return { kind: 'unlimited' };
    return { kind: 'septets', max: this.settings.maxSeptets ?? ussdSeptetsOf(this.settings.network) };
  }

  /** Begins a session of its own; other channels than USSD say what was dialled behind the code one after the other. */
  async dial(shortcut: readonly string[]): Promise<TurnReply> {
    this.session += 1;
    this.reply = undefined;
    if (this.channel === 'ussd') {
      this.inputs = [...shortcut];
      return this.send(this.history());
    }
    let reply = await this.send(this.said(this.channel === 'sms' ? this.dialog : undefined));
    for (const text of shortcut) reply = await this.answer(text);
    return reply;
  }

  answer(text: string): Promise<TurnReply> {
    if (this.channel !== 'ussd') return this.send(this.said(text));
    this.inputs.push(text);
    return this.send(this.history());
  }

  private history(): TurnInput {
    const hop = this.reply?.hop;
    return { kind: 'history', text: this.inputs.join('*'), ...(hop === undefined ? {} : { hop }) };
  }

  private said(text: string | undefined): TurnInput {
    const what = text === undefined ? {} : { text };
    return { kind: 'latest', ...what, dialled: false, shortcut: [], fingerprint: text ?? '' };
  }

  private async send(input: TurnInput): Promise<TurnReply> {
    this.clock.advance(betweenTurnsMs);
    this.reply = await this.service.handle(this.turn(input));
    return this.reply;
  }

  private turn(input: TurnInput): Turn {
    const { channel, dialog, settings } = this;
    const { msisdn, network, language, country, timezone } = settings;
    const isFirst = this.reply === undefined && channel === 'bot';
    const entities = isFirst ? settings.entities : {};
    return {
      channel,
      provider: 'test',
      account: 'test',
      sessionId: channel === 'sms' ? msisdn : `test-${this.session}`,
      sessionIsProviders: channel === 'ussd',
      caller: { id: msisdn, msisdn, ...(network === undefined ? {} : { network }) },
      to: dialog,
      dialog,
      defaultDialog: dialog,
      input,
      ...(language === undefined ? {} : { language }),
      timezone,
      ...(country === undefined ? {} : { country }),
      ...(channel === 'bot' ? { entities, allEntities: listed(entities) } : {}),
      screen: this.limit,
      receivedAt: this.clock.now(),
      deadlineMs,
      repeatWindowMs,
    };
  }
}

function listed(entities: Readonly<Record<string, string>>): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(entities).map(([name, value]) => [name, [value]]));
}
