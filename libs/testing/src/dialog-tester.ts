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
} from '@app/dialog';
import { MemorySessionStore } from '@app/sessions';
import { septetsOf, ucs2UnitsOf } from '@app/telephony';
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
  readonly secrets?: readonly string[];
}

/** Dialogs under test, on the real engine and service; sessions are stored and loaded again between turns. */
export class DialogTester {
  readonly clock: TestClock;
  readonly sessions: SessionStore;
  readonly ledger: MemoryLedger;
  readonly effects: ScriptedEffects;
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

let sessionCount = 0;

/** A phone that talks to the service the way a provider does, and holds what it answered. */
export class Phone {
  text = '';
  reply: TurnReply | undefined;
  private sessionId: string;
  private fresh = true;

  constructor(
    private readonly tester: DialogTester,
    readonly options: PhoneOptions,
  ) {
    this.sessionId = options.sessionId ?? `S${++sessionCount}`;
  }

  get screen(): string {
    return this.reply?.texts.join('\n---\n') ?? '';
  }

  /** Dials anew, under a new session id unless one was given. */
  async dial(shortcut = ''): Promise<this> {
    if (!this.fresh && this.options.sessionId === undefined) this.sessionId = `S${++sessionCount}`;
    this.fresh = false;
    this.text = shortcut;
    this.reply = undefined;
    return this.send({ dialled: true, input: '*384*4417#' });
  }

  async answer(input: string): Promise<this> {
    this.text = this.text === '' ? input : `${this.text}*${input}`;
    return this.send({ dialled: false, input });
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

  turnOf({ dialled, input }: { dialled: boolean; input: string }): Turn {
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
          : { kind, text: input, dialled, shortcut: [], fingerprint: input },
      timezone: 'Africa/Nairobi',
      country: 'KE',
      screen: limit ?? { kind: 'septets', max: 160 },
      receivedAt: this.tester.clock.now(),
      deadlineMs: 8_000,
      repeatWindowMs: 1_500,
      ...turn,
    };
  }

  private async send(hop: { dialled: boolean; input: string }): Promise<this> {
    this.lastTurn = this.turnOf(hop);
    this.reply = await this.tester.service.handle(this.lastTurn);
    checkLength(this.reply, this.lastTurn.screen);
    return this;
  }
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
