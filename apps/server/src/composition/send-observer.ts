import type { Logger } from 'pino';
import type { SendAttempt, SendObserver, SendPutBack } from '@app/outbound';
import type { Metrics } from '../health/metrics.js';

/** Counts attempts to send, and logs those that a person has to look at. */
export class ObservedSends implements SendObserver {
  constructor(
    private readonly metrics: Metrics,
    private readonly log: Logger,
  ) {}

  attempt(record: SendAttempt): void {
    this.metrics.sendAttempt(record);
    if (record.state === 'dead' || record.state === 'uncertain') this.log.warn(record, `a send is ${record.state}`);
    else this.log.debug(record, 'a send');
  }

  putBack(record: SendPutBack): void {
    this.log.debug(record, 'a send waits for the rate of its account');
  }

  fault(error: unknown, doing: string): void {
    this.log.warn({ err: error }, `could not ${doing}`);
  }
}
