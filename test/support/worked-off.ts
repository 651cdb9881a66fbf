import { until } from './send.js';
import type { Services } from './services.js';

/** Waits until nothing is left to be answered, nor to be sent. */
export async function workedOff(services: Services, limitMs = 30_000): Promise<void> {
  const left = async (): Promise<number> => {
    const [row] = await services.query(
      `SELECT (SELECT count(*) FROM graphile_worker.jobs WHERE attempts < max_attempts)
            + (SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending', 'retry')) AS left`,
    );
    return Number(row?.left);
  };
  await until(async () => (await left()) === 0, limitMs, 'the end of all work');
}

/** What is known of a message that we sent, its delivery reports included; by recipient. */
export function sentTo(services: Services, recipient: string): Promise<Record<string, unknown>[]> {
  return services.query(
    `SELECT m.id, m.sender, m.text, m.segments, m.encoding, m.link_id, m.external_id, o.state,
       greatest(m.rank, d.rank) AS rank, coalesce(d.reason, m.reason) AS reason, o.last_error
     FROM messages m JOIN outbox o ON o.id = m.outbox_id LEFT JOIN delivery_states d ON d.message_id = m.id
     WHERE m.direction = 'mt' AND m.recipient = $1 ORDER BY m.id`,
    [recipient],
  );
}
