import type { Sending, WantedCall, WantedMessage } from '@app/admin';
import type { MessageComposer } from '@app/outbound';
import type { AuditDraft, AuditLog, CallOrder, Outbox } from '@app/reporting';

/**
 * Puts into the outbox what operators want sent. The audit log comes first: it needs Postgres, which the outbox can do
 * without, and a line too much does less harm than a message that nobody ordered.
 */
export class OperatorSending implements Sending {
  constructor(
    private readonly composer: MessageComposer,
    private readonly outbox: Outbox,
    private readonly audit: Pick<AuditLog, 'append'>,
  ) {}

  async message(
    { at, ...message }: WantedMessage,
    audit: AuditDraft,
  ): Promise<readonly { readonly id: string; readonly to: string }[]> {
    const orders = this.composer.compose({ ...message, lane: 'bulk', createdAt: at });
    await this.audit.append(audit);
    await this.outbox.put(orders);
    return orders.flatMap(({ recipients }) => recipients.map(({ messageId, to }) => ({ id: messageId, to })));
  }

  async call({ at, ...call }: WantedCall, audit: AuditDraft): Promise<string> {
    const order: CallOrder = { ...call, kind: 'call', id: this.composer.nextId(at), createdAt: at };
    await this.audit.append(audit);
    await this.outbox.put([order]);
    return order.id;
  }
}
