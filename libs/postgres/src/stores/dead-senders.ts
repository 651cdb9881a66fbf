import type { Database } from '../database.js';

/** $1 how the names of senders of this node begin, $2 the one that lives. */
const freeOrders = {
  name: 'free-orders-of-dead-senders',
  text: `
    UPDATE outbox SET lease_until = '-infinity'
    WHERE state = 'sending' AND starts_with(worker, $1) AND worker <> $2
    RETURNING id`,
};

/**
 * Ends the leases of senders whose names begin like that, so that the next sweep settles what they left behind. One that lives
 * on all the same loses nothing: it sends no more what it has not begun to, and what it began is uncertain until it settles it.
 * Rejects with the database's error.
 * @returns how many orders
 */
export async function freeOrdersOfDead(database: Database, node: string, worker: string): Promise<number> {
  return (await database.query(freeOrders, [node, worker])).length;
}
