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

/** Speaks to a dialog as a channel does: USSD with its whole history, others with what came last. */
export class TestedPhone {
  private session = 0;
  private inputs: string[] = [];
  private messages = 0;
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
    let reply = await this.send(this.opening());
    for (const text of shortcut) reply = await this.answer(text);
    return reply;
  }

  answer(text: string): Promise<TurnReply> {
    if (this.channel !== 'ussd') return this.send(this.said(text));
    this.inputs.push(text);
    return this.send(this.history());
  }

  /** A call's question passes without a word. */
  silence(): Promise<TurnReply> {
    return this.send({ ...this.latest('silence'), silent: true });
  }

  private history(): TurnInput {
    const hop = this.reply?.hop;
    return { kind: 'history', text: this.inputs.join('*'), ...(hop === undefined ? {} : { hop }) };
  }

  /** A message opens with the dialog's name as its keyword, a bot without a word, a call by ringing. */
  private opening(): TurnInput {
    if (this.channel === 'sms') return this.said(this.dialog);
    return { ...this.latest('start'), dialled: this.channel === 'voice' };
  }

  /** What was written, pressed, or recorded at that address. */
  private said(text: string): TurnInput {
    // The key that ends an input does not belong to it.
    const input = this.channel === 'voice' ? text.replace(/#+$/, '') : text;
    return { ...this.latest(input), text: input };
  }

  /** Each message is new, a hop of a call answers a turn, and a bot's call is known by its words. */
  private latest(what: string): TurnInput & { readonly kind: 'latest' } {
    const common = { kind: 'latest', dialled: false, shortcut: [] } as const;
    if (this.channel === 'sms') return { ...common, fingerprint: String(++this.messages), numbered: {} };
    if (this.channel === 'bot') return { ...common, fingerprint: what };
    const answers = this.reply?.turn ?? 0;
    return { ...common, fingerprint: `${answers}:${what}`, numbered: { answers } };
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
    const isOpening = this.reply === undefined && channel === 'sms';
    return {
      channel,
      provider: 'test',
      account: 'test',
      sessionId: channel === 'sms' ? msisdn : `test-${this.session}`,
      sessionIsProviders: channel === 'ussd' || channel === 'voice',
      caller: { id: msisdn, msisdn, ...(network === undefined ? {} : { network }) },
      to: dialog,
      dialog,
      defaultDialog: dialog,
      input,
      ...(isOpening ? { keyword: { dialog, rest: '', always: true } } : {}),
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
