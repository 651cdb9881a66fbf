import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';

/** How a request can go wrong on purpose. */
export const failures = ['401', '429', '500', 'html-500', 'html-200', 'drop-before', 'drop-after', 'hang'] as const;

export type Failure = (typeof failures)[number];

/** How the fake provider behaves; each part can be changed while it runs. */
export interface Behaviour {
  /** Every answer waits so long, in milliseconds. */
  readonly delayMs: number;
  /** What happens to requests; `drop-after` carries them out and breaks the connection. */
  readonly failure: Failure | undefined;
  /** So many requests fail, and then all is well; undefined: all of them. */
  readonly failures: number | undefined;
  /** For `429` and `500`, in seconds. */
  readonly retryAfter: number | undefined;
  /** Statuses that are reported of each message, in this order. */
  readonly reports: readonly string[];
  /** Reported with `Failed` and `Rejected`. */
  readonly failureReason: string;
  /** Between two reports, in milliseconds. */
  readonly reportGapMs: number;
  /** Each report comes twice. */
  readonly duplicateReports: boolean;
  /** Reports come in any order, also before the answer to the send. */
  readonly reorderReports: boolean;
  /** Keys that the person presses in a call, one text for each question; further questions get silence. */
  readonly pressed: readonly string[];
  /** Whether the person picks up. */
  readonly answersCalls: boolean;
}

export const goodBehaviour: Behaviour = {
  delayMs: 0,
  failure: undefined,
  failures: undefined,
  retryAfter: undefined,
  reports: ['Sent', 'Submitted', 'Success'],
  failureReason: 'DeliveryFailure',
  reportGapMs: 200,
  duplicateReports: false,
  reorderReports: false,
  pressed: [],
  answersCalls: true,
};

/** Answers in a way that helps nobody; true: the request is over. */
export async function misbehave(failure: Failure, retryAfter: number | undefined, reply: FastifyReply): Promise<void> {
  const later = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  switch (failure) {
    case '401':
      await reply.code(401).type('text/plain').send('The supplied authentication is invalid');
      return;
    case '429':
      await reply.code(429).headers(later).type('text/plain').send('Too many requests');
      return;
    case '500':
      await reply.code(500).headers(later).type('application/json').send('{"error":"internal"}');
      return;
    case 'html-500':
    case 'html-200':
      await reply
        .code(failure === 'html-500' ? 502 : 200)
        .type('text/html')
        .send('<html><body><h1>Maintenance</h1></body></html>');
      return;
    case 'hang':
      await sleep(120_000, undefined, { ref: false });
      reply.raw.destroy();
      return;
    case 'drop-before':
    case 'drop-after':
      reply.hijack();
      reply.raw.destroy();
  }
}
