import { createHash } from 'node:crypto';
import {
  DialogService,
  parseDialog,
  Vault,
  type DialogVersion,
  type ScreenLimit,
  type SessionStore,
  type Turn,
  type TurnRecord,
  type TurnReply,
  type VoicePrompt,
} from '@app/dialog';
import { MemorySessionStore } from '@app/sessions';
import { septetsOf, ucs2UnitsOf } from '@app/telephony';
import { CollectedMessages } from './collected-messages.js';
import { MemoryLedger } from './memory-ledger.js';
import { ScriptedEffects } from './scripted-effects.js';

/** Time that stands still until it is moved. */
export class TestClock {
  constructor(private time = Date.parse('2026-03-04T10:30:00Z')) {}
  readonly now = (): number => this.time;
  advance(ms: number): void {
    this.time += ms;
  }
}

export interface TesterOptions {
  readonly clock?: TestClock;
  readonly sessions?: SessionStore;
  readonly ledger?: MemoryLedger;
  readonly effects?: ScriptedEffects;
  readonly outbox?: CollectedMessages;
  readonly secrets?: readonly string[];
}

/** Dialogs under test, on the real engine and service; sessions are stored and loaded again between turns. */
export class DialogTester {
  readonly clock: TestClock;
  readonly sessions: SessionStore;
  readonly ledger: MemoryLedger;
  readonly effects: ScriptedEffects;
  readonly outbox: CollectedMessages;
  readonly records: TurnRecord[] = [];
  readonly missing: string[] = [];
  readonly service: DialogService;
  private readonly current = new Map<string, DialogVersion>();
  private readonly older = new Map<string, DialogVersion>();

  constructor(sources: Readonly<Record<string, string>>, options: TesterOptions = {}) {
    this.clock = options.clock ?? new TestClock();
    this.sessions = options.sessions ?? new MemorySessionStore({ now: this.clock.now });
    this.ledger = options.ledger ?? new MemoryLedger();
    this.effects = options.effects ?? new ScriptedEffects();
    this.outbox = options.outbox ?? new CollectedMessages();
    this.deploy(sources);
    this.service = new DialogService({
      dialogs: {
        current: (id) => this.current.get(id),
        find: (id, version) =>
          Promise.resolve([...this.older.values()].find((it) => it.id === id && it.version.startsWith(version))),
      },
      sessions: this.sessions,
      ledger: this.ledger,
      effects: this.effects,
      outbox: this.outbox,
      vault: new Vault(options.secrets ?? ['test']),
      clock: this.clock,
      observer: {
        turn: (record) => void this.records.push(record),
        missingVariable: (dialog, name) => void this.missing.push(`${dialog}: ${name}`),
      },
    });
  }

  /** Makes these the dialogs that new sessions begin with. */
  deploy(sources: Readonly<Record<string, string>>): void {
    const dialogs = new Map(
      Object.entries(sources).map(([id, text]) => {
        const { dialog, faults } = parseDialog(`${id}.dialog.yaml`, text);
        if (dialog === undefined)
          throw new Error(faults.map(({ line, message }) => `${id}:${line} ${message}`).join('\n'));
        return [id, dialog] as const;
      }),
    );
    const version = createHash('sha256').update(JSON.stringify(sources)).digest('hex');
    for (const [id, root] of dialogs) {
      const built: DialogVersion = { id, version, root, dialogs, sources };
      this.current.set(id, built);
      this.older.set(`${id}@${version}`, built);
    }
  }

  phone(options: Partial<PhoneOptions> = {}): Phone {
    return new Phone(this, { kind: 'history', dialog: 'test', msisdn: '+254700000201', header: true, ...options });
  }

  /** A telephone that calls the dialog `test`, or another one. */
  caller({ turn, ...options }: Partial<PhoneOptions> = {}): Phone {
    const screen = { kind: 'unlimited' } as const;
    return this.phone({ kind: 'latest', limit: screen, ...options, turn: { channel: 'voice', ...turn } });
  }
}

export interface PhoneOptions {
  readonly kind: 'history' | 'latest';
  readonly dialog: string;
  readonly msisdn: string;
  /** Whether the provider gives the hop header back. */
  readonly header: boolean;
  readonly limit?: ScreenLimit;
  readonly sessionId?: string;
  readonly turn?: Partial<Turn>;
}

interface Hop {
  readonly dialled: boolean;
  readonly input?: string | undefined;
  readonly silent?: boolean | undefined;
}

let sessionCount = 0;

/** A phone that talks to the service the way a provider does, and holds what it answered. */
export class Phone {
  text = '';
  reply: TurnReply | undefined;
  private sessionId: string;
  private fresh = true;
  /** Number of the turn that a call answers. */
  private hops = 0;

  constructor(
    private readonly tester: DialogTester,
    readonly options: PhoneOptions,
  ) {
    this.sessionId = options.sessionId ?? `S${++sessionCount}`;
  }

  get screen(): string {
    return this.reply?.texts.join('\n---\n') ?? '';
  }

  /** What a call hears: `say` texts, `play` addresses in angle brackets, and what it waits for in square ones. */
  get heard(): string {
    const { spoken, prompt } = this.reply?.voice ?? { spoken: [] };
    const parts = spoken.map((part) => (part.kind === 'say' ? part.text : `<${part.url}>`));
    return [...parts, ...(prompt === undefined ? [] : [`[${promptName(prompt)}]`])].join('\n');
  }

  /** Dials anew, under a new session id unless one was given. */
  async dial(shortcut = ''): Promise<this> {
    if (!this.fresh && this.options.sessionId === undefined) this.sessionId = `S${++sessionCount}`;
    this.fresh = false;
    this.text = shortcut;
    this.reply = undefined;
    this.hops = 0;
    return this.send({ dialled: true, input: '*384*4417#' });
  }

  async answer(input: string): Promise<this> {
    this.text = this.text === '' ? input : `${this.text}*${input}`;
    return this.send({ dialled: false, input });
  }

  /** Lets a call's question pass without a word. */
  silence(): Promise<this> {
    return this.send({ dialled: false, silent: true });
  }

  /** Sends a whole history, as it is. */
  async sendHistory(text: string): Promise<this> {
    this.fresh = false;
    this.text = text;
    return this.send({ dialled: false, input: text });
  }

  /** The same turn once more. */
  repeat(): Promise<TurnReply> {
    return this.tester.service.handle(this.lastTurn as Turn);
  }

  lastTurn: Turn | undefined;

  turnOf({ dialled, input, silent }: Hop): Turn {
    const { kind, header, msisdn, dialog, limit, turn } = this.options;
    const hop = header ? this.reply?.hop : undefined;
    return {
      channel: 'ussd',
      provider: kind === 'history' ? 'africastalking' : 'kairos',
      account: 'demo',
      sessionId: this.sessionId,
      sessionIsProviders: true,
      caller: { id: msisdn, msisdn },
      to: '*384*4417#',
      dialog,
      defaultDialog: dialog,
      input:
        kind === 'history'
          ? { kind, text: this.text, ...(hop && { hop }) }
          : latestInput({ dialled, input, silent }, this.isCall ? this.hops : undefined),
      timezone: 'Africa/Nairobi',
      country: 'KE',
      screen: limit ?? { kind: 'septets', max: 160 },
      receivedAt: this.tester.clock.now(),
      deadlineMs: 8_000,
      repeatWindowMs: 1_500,
      ...turn,
    };
  }

  private get isCall(): boolean {
    return this.options.turn?.channel === 'voice';
  }

  private async send(hop: Hop): Promise<this> {
    this.lastTurn = this.turnOf(hop);
    this.reply = await this.tester.service.handle(this.lastTurn);
    this.hops = this.reply.turn ?? this.hops;
    checkLength(this.reply, this.lastTurn.screen);
    return this;
  }
}

/** @param answers the number of the turn that it answers, where it is a call. */
function latestInput({ dialled, input, silent }: Hop, answers: number | undefined): Turn['input'] {
  const common = { kind: 'latest', dialled, shortcut: [] } as const;
  if (answers === undefined)
    return { ...common, fingerprint: input ?? '', ...(input !== undefined && { text: input }) };
  const numbered = { answers };
  if (dialled) return { ...common, fingerprint: '0', numbered };
  if (silent === true) return { ...common, fingerprint: `${answers}:silence:`, silent, numbered };
  return { ...common, text: input ?? '', fingerprint: `${answers}:keys:${input ?? ''}`, numbered };
}

function promptName(prompt: VoicePrompt): string {
  if (prompt.kind === 'digits') return prompt.digits === undefined ? 'keys, then #' : `${prompt.digits} keys`;
  if (prompt.kind === 'transfer') return `transfer to ${prompt.number}${prompt.record ? ', recorded' : ''}`;
  return `recording${prompt.maxSeconds === undefined ? '' : ` of ${prompt.maxSeconds} s`}`;
}

function checkLength({ texts }: TurnReply, limit: ScreenLimit): void {
  if (limit.kind === 'unlimited') return;
  for (const text of texts) {
    const septets = limit.kind === 'septets' ? septetsOf(text) : undefined;
    const max = limit.kind === 'septets' && septets === undefined ? Math.floor((limit.max * 7) / 16) : limit.max;
    const length = septets ?? ucs2UnitsOf(text);
    if (length > max) throw new Error(`a screen of ${length} is longer than ${max}: ${text}`);
  }
}
