import type {
  ClaimedOrder,
  OptOut,
  OptOutStore,
  Outbox,
  OutboxOrder,
  OutboxState,
  OutboxWork,
  Recipient,
  SendResult,
  Settlement,
} from '@app/reporting';

/** A wake-up for one order. */
export interface OutboxJob {
  readonly id: string;
  readonly at: Date;
}

/** How an order stands. */
export interface OrderStanding {
  readonly state: OutboxState;
  readonly attempts: number;
  readonly nextAt?: Date;
  readonly lastError?: string;
}

interface Row {
  readonly order: OutboxOrder;
  state: OutboxState;
  attempts: number;
  redrivenAfter: number;
  nextAt: Date;
  leaseEnd: number;
  worker: string;
  left: boolean;
  blocked: boolean;
  mayRepeat: boolean;
  lastError: string | undefined;
  readonly settled: Map<string, SendResult>;
  readonly attemptLog: (Settlement & { readonly attempt: number })[];
}

const onceWindowMs = 12 * 3_600_000;
const unfinished: ReadonlySet<OutboxState> = new Set(['waiting', 'sending', 'retry']);

/** An outbox in memory that keeps the promises of the one in the database. */
export class MemoryOutbox implements Outbox, OutboxWork {
  readonly rows = new Map<string, Row>();
  private jobs: OutboxJob[] = [];
  private readonly tokens = new Map<string, { readonly tokens: number; readonly at: number }>();

  constructor(private readonly now: () => number = () => Date.now()) {}

  put(orders: readonly OutboxOrder[]): Promise<void> {
    for (const order of orders) if (!this.isKnown(order)) this.add(order);
    return Promise.resolve();
  }

  claim(id: string, worker: string, leaseMs: number): Promise<ClaimedOrder | 'blocked' | 'gone'> {
    const row = this.rows.get(id);
    const now = this.now();
    if (row === undefined || (row.state !== 'waiting' && row.state !== 'retry') || row.nextAt.getTime() > now) {
      return Promise.resolve('gone');
    }
    if (this.isBehindAnother(row)) {
      row.blocked = true;
      return Promise.resolve('blocked');
    }
    Object.assign(row, { state: 'sending', attempts: row.attempts + 1, leaseEnd: now + leaseMs, blocked: false });
    Object.assign(row, { worker, left: false });
    const open = openOf(row);
    return Promise.resolve({ order: row.order, ...countOf(row), open, mayRepeat: row.mayRepeat });
  }

  leaving(id: string, attempt: number, worker: string): Promise<boolean> {
    const row = this.rows.get(id);
    if (row?.state !== 'sending' || row.attempts !== attempt || row.worker !== worker) return Promise.resolve(false);
    row.left = true;
    return Promise.resolve(true);
  }

  settle(id: string, attempt: number, settlement: Settlement): Promise<void> {
    const row = this.rows.get(id);
    if (row?.attempts !== attempt || !takesSettlement(row, settlement)) return Promise.resolve();
    for (const result of settlement.results) row.settled.set(result.messageId, result);
    row.attemptLog.push({ ...settlement, attempt });
    row.state = settlement.state;
    row.lastError = settlement.error;
    row.mayRepeat ||= settlement.error !== undefined && uncertainErrors.has(settlement.error);
    if (settlement.state === 'retry') this.wakeAt(row, settlement.nextAt ?? new Date(this.now()));
    this.wakeBlocked();
    return Promise.resolve();
  }

  putBack(id: string, attempt: number, nextAt: Date): Promise<void> {
    const row = this.rows.get(id);
    if (row?.state !== 'sending' || row.attempts !== attempt) return Promise.resolve();
    row.attempts -= 1;
    row.state = row.attempts === 0 ? 'waiting' : 'retry';
    this.wakeAt(row, nextAt);
    return Promise.resolve();
  }

  takeToken(provider: string, account: string, perSecond: number): Promise<{ readonly waitMs: number }> {
    const key = `${provider}/${account}`;
    const now = this.now();
    const most = Math.max(1, perSecond);
    const before = this.tokens.get(key) ?? { tokens: most, at: now };
    const tokens = Math.min(most, before.tokens + ((now - before.at) / 1_000) * perSecond);
    const taken = tokens >= 1;
    this.tokens.set(key, { tokens: taken ? tokens - 1 : tokens, at: now });
    return Promise.resolve({ waitMs: taken ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1_000) });
  }

  abandoned(now: Date): ReturnType<OutboxWork['abandoned']> {
    const lost = [...this.rows.values()].filter((row) => row.state === 'sending' && row.leaseEnd <= now.getTime());
    return Promise.resolve(
      lost.map((row) => ({ id: row.order.id, ...countOf(row), order: row.order, left: row.left })),
    );
  }

  wakeDue(now: Date): Promise<number> {
    const due = [...this.rows.values()].filter(
      ({ order, state, nextAt, blocked }) =>
        (state === 'waiting' || state === 'retry') &&
        nextAt <= now &&
        !blocked &&
        !this.jobs.some(({ id }) => id === order.id),
    );
    for (const row of due) this.wakeAt(row, row.nextAt);
    return Promise.resolve(due.length);
  }

  /** Jobs made since the last call; each is handed out once, due or not. */
  takeJobs(): Promise<readonly OutboxJob[]> {
    const made = this.jobs;
    this.jobs = [];
    return Promise.resolve(made);
  }

  standingOf(id: string): Promise<OrderStanding | undefined> {
    const row = this.rows.get(id);
    if (row === undefined) return Promise.resolve(undefined);
    const { state, attempts, nextAt, lastError } = row;
    const next = state === 'retry' || state === 'waiting' ? { nextAt } : {};
    return Promise.resolve({ state, attempts, ...next, ...(lastError === undefined ? {} : { lastError }) });
  }

  /** A dead or uncertain order is sent again. */
  redrive(id: string): Promise<void> {
    const row = this.rows.get(id);
    if (row?.state !== 'dead' && row?.state !== 'uncertain') return Promise.resolve();
    row.state = 'waiting';
    row.redrivenAfter = row.attempts;
    this.wakeAt(row, new Date(this.now()));
    return Promise.resolve();
  }

  private add(order: OutboxOrder): void {
    const nextAt = new Date(this.now());
    const fresh = {
      attempts: 0,
      redrivenAfter: 0,
      leaseEnd: 0,
      worker: '',
      left: false,
      blocked: false,
      mayRepeat: false,
      lastError: undefined,
    };
    const row: Row = { order, state: 'waiting', nextAt, ...fresh, settled: new Map(), attemptLog: [] };
    this.rows.set(order.id, row);
    this.wakeAt(row, nextAt);
  }

  private isKnown(order: OutboxOrder): boolean {
    if (this.rows.has(order.id)) return true;
    if (order.onceKey === undefined) return false;
    const since = order.createdAt.getTime() - onceWindowMs;
    return [...this.rows.values()].some(
      ({ order: { onceKey, createdAt } }) => onceKey === order.onceKey && createdAt.getTime() > since,
    );
  }

  private isBehindAnother(row: Row): boolean {
    const reached = new Set(peopleOf(row.order));
    return [...this.rows.values()].some(
      (other) =>
        other.order.id < row.order.id &&
        unfinished.has(other.state) &&
        laneOf(other.order) === laneOf(row.order) &&
        peopleOf(other.order).some((person) => reached.has(person)),
    );
  }

  private wakeAt(row: Row, at: Date): void {
    row.nextAt = at;
    this.jobs.push({ id: row.order.id, at });
  }

  private wakeBlocked(): void {
    for (const row of this.rows.values()) {
      if (!row.blocked || this.isBehindAnother(row)) continue;
      row.blocked = false;
      this.wakeAt(row, row.nextAt);
    }
  }
}

/** Opt-outs in memory. */
export class MemoryOptOuts implements OptOutStore {
  readonly entries: OptOut[] = [];

  optOut(entry: OptOut): Promise<void> {
    const known = this.entries.some((old) => isSamePerson(old, entry) && bare(old.address) === bare(entry.address));
    if (!known) this.entries.push(entry);
    return Promise.resolve();
  }

  optIn(entry: OptOut): Promise<void> {
    const kept = this.entries.filter(
      (old) => !isSamePerson(old, entry) || (old.address !== undefined && bare(old.address) !== bare(entry.address)),
    );
    this.entries.splice(0, this.entries.length, ...kept);
    return Promise.resolve();
  }

  optedOut(
    { provider, account }: { readonly provider: string; readonly account: string },
    address: string | undefined,
    msisdns: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const found = msisdns.filter((msisdn) =>
      this.entries.some(
        (entry) =>
          isSamePerson(entry, { provider, account, msisdn }) &&
          (address === undefined || entry.address === undefined || bare(entry.address) === bare(address)),
      ),
    );
    return Promise.resolve(new Set(found));
  }
}

/** One address is written in several ways. */
function countOf({ attempts, redrivenAfter }: Row): Pick<ClaimedOrder, 'attempt' | 'tries'> {
  return { attempt: attempts, tries: attempts - redrivenAfter };
}

function bare(address: string | undefined): string | undefined {
  return address?.replace(/[\s+]/g, '').toLowerCase();
}

const uncertainErrors = new Set(['interrupted', 'reply-unreadable', 'abandoned']);

// What a sender learnt after its lease had run out is better than the sweeper's guess.
function takesSettlement(row: Row, settlement: Settlement): boolean {
  return row.state === 'sending' || (row.state === 'uncertain' && settlement.error !== 'abandoned');
}

function openOf({ order, settled }: Row): readonly Recipient[] {
  return order.kind !== 'message' ? [] : order.recipients.filter(({ messageId }) => !settled.has(messageId));
}

function laneOf(order: OutboxOrder): string {
  if (order.kind === 'message') return order.lane;
  return order.kind === 'call' ? 'call' : 'bulk';
}

function peopleOf(order: OutboxOrder): readonly string[] {
  if (order.kind === 'forward') return [];
  const numbers = order.kind === 'call' ? [order.to] : order.recipients.map(({ to }) => to);
  return numbers.map((number) => `${order.provider}/${order.account}/${number}`);
}

type Person = Pick<OptOut, 'provider' | 'account' | 'msisdn'>;

function isSamePerson(one: Person, other: Person): boolean {
  return one.provider === other.provider && one.account === other.account && one.msisdn === other.msisdn;
}
