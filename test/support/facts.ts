import { deliveryReport, finalNotice, incoming, post } from './africastalking.js';
import { freshId } from './gateways.js';
import type { Random } from './random.js';
import type { Services } from './services.js';

/** What providers tell us; each kind has its own webhook and its own table. */
export const factKinds = ['message', 'delivery', 'call', 'session'] as const;
export type FactKind = (typeof factKinds)[number];

/** Something that happened once, and is told until we say that we have it. */
export interface Fact {
  readonly kind: FactKind;
  readonly id: string;
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** A fact that nobody has told yet; messages are from somebody who wrote nothing else. */
export function freshFact(kind: FactKind, account = 'demo'): Fact {
  const id = freshId(`fact-${kind}-`);
  const sms = `/sms/africastalking/${account}`;
  switch (kind) {
    case 'message':
      return { kind, id, path: sms, fields: incoming({ id }) };
    case 'delivery':
      return { kind, id, path: `${sms}/delivery`, fields: deliveryReport(id, 'Success') };
    case 'call':
      return { kind, id, path: `/voice/africastalking/${account}`, fields: finalNotice(id) };
    case 'session': {
      const fields = { sessionId: id, status: 'Success', phoneNumber: '+254700000201', input: '1*2', hopsCount: '2' };
      return { kind, id, path: `/ussd/africastalking/${account}/events`, fields };
    }
  }
}

/** Whether the server said that it has the fact. */
export async function tellFact(url: string, { path, fields }: Fact): Promise<boolean> {
  const { status, body } = await post(url, path, fields);
  return status === 200 && body !== 'BAD';
}

/** Tells facts from several senders until it is over, as providers do: again where there was no good answer. */
export class FactSenders {
  /** Facts that the server has by its own word. */
  readonly accepted: Fact[] = [];
  /** Answers and connections that told of no success. */
  refused = 0;
  private isOver = false;
  private isGivenUp = false;
  private readonly running: Promise<unknown>;

  constructor(
    private readonly urls: () => readonly string[],
    private readonly random: Random,
    private readonly options: {
      readonly senders: number;
      /** Between two facts of one sender. */
      readonly pauseMs: () => number;
      /** Of a hundred facts, so many are messages, which we answer. */
      readonly messages: number;
    },
  ) {
    this.running = Promise.all(Array.from({ length: options.senders }, () => this.run()));
  }

  /** Resolves once every fact that was begun is accepted. */
  async end(): Promise<void> {
    this.isOver = true;
    await this.running;
  }

  /** Ends now, where a test has failed. */
  giveUp(): void {
    this.isOver = true;
    this.isGivenUp = true;
  }

  private async run(): Promise<void> {
    while (!this.isOver) {
      const fact = freshFact(this.kind());
      while (!(await this.isTaken(fact))) {
        if (this.isGivenUp) return;
        await pause(50);
      }
      this.accepted.push(fact);
      // Providers tell some things again though they were answered.
      if (this.random.below(10) === 0) await this.isTaken(fact);
      await pause(this.options.pauseMs());
    }
  }

  private kind(): FactKind {
    if (this.random.below(100) < this.options.messages) return 'message';
    return this.random.of(['delivery', 'call', 'session']);
  }

  private async isTaken(fact: Fact): Promise<boolean> {
    const taken = await tellFact(this.random.of(this.urls()), fact).catch(() => false);
    if (!taken) this.refused += 1;
    return taken;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const idsOf: Readonly<Record<FactKind, string>> = {
  message: "SELECT external_id AS id FROM messages WHERE direction = 'mo'",
  delivery: 'SELECT external_id AS id FROM delivery_events',
  call: 'SELECT external_id AS id FROM call_reports',
  session: 'SELECT session_id AS id FROM session_reports',
};

/** Accepted facts that are not there, and facts that are there more than once. */
export async function checkFacts(
  services: Pick<Services, 'query'>,
  accepted: readonly Fact[],
): Promise<{ readonly lost: readonly string[]; readonly doubled: readonly string[] }> {
  const lost: string[] = [];
  const doubled: string[] = [];
  for (const kind of factKinds) {
    const rows = await services.query(idsOf[kind]);
    const counts = new Map<string, number>();
    for (const { id } of rows) counts.set(String(id), (counts.get(String(id)) ?? 0) + 1);
    lost.push(...accepted.filter((fact) => fact.kind === kind && !counts.has(fact.id)).map(({ id }) => id));
    doubled.push(...[...counts].filter(([id, count]) => id.startsWith('fact-') && count > 1).map(([id]) => id));
  }
  return { lost, doubled };
}

/** Messages whose number of replies is not one, or that were sent twice though nobody was in doubt. */
export async function checkReplies(
  services: Pick<Services, 'query'>,
  accepted: readonly Fact[],
  sent: readonly { readonly to: string }[],
): Promise<{ readonly wrong: readonly object[]; readonly uncertain: number }> {
  const rows = await services.query(
    `SELECT m.recipient, o.state FROM messages m JOIN outbox o ON o.id = m.outbox_id WHERE m.direction = 'mt'`,
  );
  const wrong: object[] = [];
  let uncertain = 0;
  for (const { fields } of accepted.filter(({ kind }) => kind === 'message')) {
    const states = rows.filter(({ recipient }) => recipient === fields.from).map(({ state }) => String(state));
    const taken = sent.filter(({ to }) => to === fields.from).length;
    const isDoubtful = states[0] === 'uncertain';
    if (isDoubtful) uncertain += 1;
    const isRight = states.length === 1 && (isDoubtful ? taken <= 1 : states[0] === 'sent' && taken === 1);
    if (!isRight) wrong.push({ from: fields.from, states, taken });
  }
  return { wrong, uncertain };
}
