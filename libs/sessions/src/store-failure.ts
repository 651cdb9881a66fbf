import { StoreUnavailable } from '@app/dialog';

/**
 * Why a store did not do its work: `connection` there is none, or it broke; `timeout` no answer within the command
 * limit; `full` Redis has reached its `maxmemory` and takes nothing new; `refused` any other error reply (a replica
 * that takes no writes, data still loading, a wrong password).
 */
export type StoreFailure = 'connection' | 'timeout' | 'full' | 'refused';

/** The {@link StoreUnavailable} of the stores in this library, with its reason; it never carries keys or payloads. */
export class SessionStoreFailed extends StoreUnavailable {
  constructor(
    readonly reason: StoreFailure,
    detail: string,
  ) {
    super(`the session store failed (${reason}): ${detail}`);
  }
}

/**
 * Names the failure behind an error of ioredis. The error itself is not kept as the cause: its field `command` holds
 * the arguments, a caller's answers among them, and would be logged with it.
 */
export function failureOf(error: unknown): SessionStoreFailed {
  const text = error instanceof Error ? error.message : String(error);
  if (text.includes('OOM command not allowed')) return new SessionStoreFailed('full', 'Redis has reached maxmemory');
  if (text === 'Command timed out') return new SessionStoreFailed('timeout', 'no answer within the command limit');
  if (error instanceof Error && error.name === 'ReplyError') {
    return new SessionStoreFailed('refused', text.replace(/,? with args beginning.*$/s, ''));
  }
  return new SessionStoreFailed('connection', text);
}
