import type { Scope } from '@app/dialog';
import {
  forwardEvents,
  type ForwardBook,
  type ForwardedRecord,
  type ForwardedRecords,
  type ForwardEvent,
  type ForwardOrder,
  type Outbox,
} from '@app/reporting';
import { v7 as uuid } from 'uuid';
import type { CompiledForward } from './compiled-forward.js';

export interface ForwardingPorts {
  readonly forwards: readonly CompiledForward[];
  readonly records: ForwardedRecords;
  readonly book: Pick<ForwardBook, 'disabled'>;
  readonly outbox: Outbox;
  /** A record as the admin API shows it, to a key that may see personal data or not. */
  readonly show: (record: ForwardedRecord, personal: boolean) => Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly observer: {
    /** A template read what is not there, or a condition could not be evaluated. */
    missing(forward: string, name: string): void;
    /** A request could not be made of a record; nothing of the record may be told. */
    unrendered(forward: string, recordId: string, error: unknown): void;
  };
}

/** The events that somebody wants to be told of. */
export function forwardedEvents(definitions: readonly { readonly on: readonly ForwardEvent[] }[]): ForwardEvent[] {
  return forwardEvents.filter((event) => definitions.some(({ on }) => on.includes(event)));
}

/** Makes orders out of records: one for each forward that takes the record, none for one that is disabled. */
export class Forwarding {
  constructor(private readonly ports: ForwardingPorts) {}

  /**
   * Puts what is to be sent of a record as it stands now. The same state of a record is put once, so this may be repeated.
   * Rejects with the database's error.
   */
  async forward({ id, event }: { readonly id: string; readonly event: string }): Promise<void> {
    const { forwards, records, book, outbox } = this.ports;
    const known = forwardEvents.find((each) => each === event);
    const interested = forwards.filter(({ definition: { on } }) => known !== undefined && on.includes(known));
    if (known === undefined || interested.length === 0) return;
    const found = await records.find(known, id);
    if (found === undefined) return;
    const disabled = await book.disabled();
    const enabled = interested.filter(({ definition }) => !disabled.has(definition.id));
    const orders = enabled.map((forward) => this.#orderOf(forward, found)).filter((order) => order !== undefined);
    if (orders.length > 0) await outbox.put(orders);
  }

  #orderOf(forward: CompiledForward, found: ForwardedRecord): ForwardOrder | undefined {
    const { show, now, observer } = this.ports;
    const { id: forwardId, allowPersonal } = forward.definition;
    const { event, record, revision } = found;
    const { provider, account, id: recordId } = record;
    const values: Record<string, unknown> = Object.assign(
      Object.create(null) as Record<string, unknown>,
      { event },
      show(found, allowPersonal),
    );
    const scope: Scope = { values, missing: (name) => observer.missing(forwardId, name) };
    try {
      if (!forward.takes(event, scope)) return undefined;
      const createdAt = new Date(now());
      const onceKey = `forward:${forwardId}:${event}:${recordId}:${String(revision)}`;
      const about = { forwardId, event, recordId, provider, account, createdAt, onceKey };
      return { kind: 'forward', id: uuid({ msecs: now() }), ...about, ...forward.request(scope) };
    } catch (error) {
      observer.unrendered(forwardId, recordId, error);
      return undefined;
    }
  }
}
