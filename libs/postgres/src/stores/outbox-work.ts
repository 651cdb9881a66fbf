import type { AbandonedOrder, ClaimedOrder, OutboxWork, Settlement } from '@app/reporting';
import { deliveryRank } from '@app/telephony';
import { cleanJson } from '../clean-json.js';
import type { Database } from '../database.js';
import { orderOf, placesOf } from './outbox.js';
import { amountColumn, nameColumn } from '../row.js';
import * as statements from './outbox-statements.js';
import { takeToken } from './send-tokens.js';

// The codes of the table of send errors after which nobody knows whether the provider has carried it out.
const unknownOutcomes = ['interrupted', 'reply-unreadable', 'abandoned'];
const maxDetail = 500;

type Claimed = {
  readonly attempts: number | null;
  readonly tries: number | null;
  readonly content: object | null;
  readonly may_repeat: boolean | null;
  readonly open: readonly string[] | null;
};

/** What senders do with the outbox; each method is one statement, whole or not at all. */
export class PostgresOutboxWork implements OutboxWork {
  constructor(private readonly database: Database) {}

  async claim(id: string, worker: string, leaseMs: number): Promise<ClaimedOrder | 'blocked' | 'gone'> {
    const [found] = await this.database.query<Claimed>(statements.claimOrder, [id, worker, leaseMs]);
    if (found === undefined) return 'gone';
    const { attempts, tries, content } = found;
    if (attempts === null || tries === null || content === null) return 'blocked';
    const order = orderOf(content);
    const open = new Set(found.open);
    return {
      order,
      attempt: attempts,
      tries,
      open: order.kind === 'message' ? order.recipients.filter(({ messageId }) => open.has(messageId)) : [],
      mayRepeat: found.may_repeat === true,
    };
  }

  async leaving(id: string, attempt: number, worker: string): Promise<boolean> {
    return (await this.database.query(statements.noteLeaving, [id, attempt, worker])).length > 0;
  }

  async settle(id: string, attempt: number, settlement: Settlement): Promise<void> {
    const { state, error, detail, httpStatus, durationMs, nextAt } = settlement;
    const unknown = state === 'uncertain' || (error !== undefined && unknownOutcomes.includes(error));
    await this.database.query(statements.settleOrder, [
      ...[id, attempt, state, error ?? null, plain(detail), httpStatus ?? null, Math.round(durationMs)],
      ...[nextAt ?? (state === 'retry' ? new Date() : null), resultsOf(settlement), unknown],
    ]);
  }

  async putBack(id: string, attempt: number, nextAt: Date): Promise<void> {
    await this.database.query(statements.putOrderBack, [id, attempt, nextAt]);
  }

  async takeToken(provider: string, account: string, perSecond: number): Promise<{ readonly waitMs: number }> {
    return takeToken(this.database, provider, account, perSecond);
  }

  async abandoned(now: Date): Promise<readonly AbandonedOrder[]> {
    type Found = {
      readonly id: string;
      readonly attempt: number;
      readonly tries: number;
      readonly content: object;
      readonly request_left: boolean;
    };
    const found = await this.database.query<Found>(statements.findAbandoned, [now]);
    return found.map(({ id, attempt, tries, content, request_left: left }) => ({
      id,
      attempt,
      tries,
      order: orderOf(content),
      left,
    }));
  }

  async wakeDue(now: Date): Promise<number> {
    const [answer] = await this.database.query<{ woken: number }>(statements.wakeDueOrders, [now]);
    return answer?.woken ?? 0;
  }

  /**
   * Has an order tried again that is dead or uncertain, for those of its recipients that no attempt has settled. Whoever
   * asks for it has decided that an uncertain one may go out twice.
   * @returns false where there is no such order, or nothing left to send
   */
  async redrive(id: string): Promise<boolean> {
    const [found] = await this.database.query<{ content: object }>(statements.readOrder, [id]);
    if (found === undefined) return false;
    const places = JSON.stringify(placesOf(orderOf(found.content)));
    const [answer] = await this.database.query<{ woken: number }>(statements.redriveOrder, [id, places]);
    return answer?.woken === 1;
  }
}

/** Removes orders that were sent before `before`, in epoch milliseconds, with their attempts, and jobs that ended then. */
export async function removeOldOrders(database: Database, before: number): Promise<void> {
  for (const statement of [statements.removeOrders, statements.removeJobs]) {
    for (;;) {
      const removed = await database.query(statement, [new Date(before)]);
      if (removed.length === 0) break;
    }
  }
}

function resultsOf(settlement: Settlement): string {
  const rows = settlement.results.map(({ messageId, status, externalId, providerStatus, reason, cost }) => ({
    message_id: messageId,
    rank: deliveryRank(status),
    external_id: nameColumn(externalId),
    provider_status: providerStatus,
    reason,
    cost_amount: amountColumn(cost?.amount),
    cost_currency: cost?.currency,
  }));
  return cleanJson(JSON.stringify(rows));
}

function plain(text: string | undefined): string | null {
  return text?.replaceAll('\u0000', '').slice(0, maxDetail) ?? null;
}
