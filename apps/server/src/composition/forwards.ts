import type { Logger } from 'pino';
import { shownRecord } from '@app/admin';
import { compileForward, fixedHeaders, Forwarding } from '@app/forwards';
import { signerOf, type ForwardSenderOptions, type ForwardTarget } from '@app/outbound';
import type { ForwardSettings } from '@app/settings';
import type { Parts } from './parts.js';

/** Makes orders out of new records; undefined where nothing is sent on. */
export function forwardingOf({ workspace, postgres, clock, log, metrics }: Parts): Forwarding | undefined {
  const { forwards } = workspace.configuration;
  if (forwards.length === 0) return undefined;
  return new Forwarding({
    forwards: forwards.map(compileForward),
    records: postgres.forwardedRecords,
    book: postgres.forwardBook,
    outbox: postgres.outbox,
    show: shownRecord,
    now: () => clock.now(),
    observer: {
      missing: (forward, name) => metrics.missingVariable(`forward ${forward}`, name),
      unrendered: (forward, recordId, error) => warn(log, forward, recordId, error),
    },
  });
}

/** What the sender needs to carry those orders out. */
export function forwardTargets({ workspace, postgres, client }: Parts): ForwardSenderOptions {
  const { forwards } = workspace.configuration;
  return { client, book: postgres.forwardBook, targets: new Map(forwards.map((each) => [each.id, targetOf(each)])) };
}

function targetOf(forward: ForwardSettings): ForwardTarget {
  const { secret } = forward;
  return { headers: fixedHeaders(forward), ...(secret === undefined ? {} : { sign: signerOf(secret) }) };
}

// The message of an error may quote the record.
function warn(log: Logger, forward: string, record: string, error: unknown): void {
  const fault = error instanceof Error ? error.name : typeof error;
  log.warn({ forward, record, fault }, 'a record could not be sent on: no request can be made of it');
}
