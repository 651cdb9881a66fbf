import { segmentsOf } from '@app/telephony';
import type { FixtureAccount } from './fixture.js';
import type { SendReading, SendReply, Sending } from './contracts/send.js';
import { sendErrors, type SendErrorCode } from './send-errors.js';

/** One request of ours to a provider's API, its answer, and what we make of it: a file in a provider's folder `sends`. */
export interface SendFixture {
  /** The file's name without its ending. */
  readonly name: string;
  readonly meaning: string;
  readonly source: string;
  readonly sure: 'documented' | 'client-code' | 'inferred';
  readonly account: FixtureAccount;
  readonly sending: Sending;
  /** As on the wire, or why nothing is sent. */
  readonly expect: { readonly request: SendFixtureRequest } | { readonly refused: SendErrorCode };
  readonly reply?: SendReply;
  readonly reading?: SendReading;
}

export interface SendFixtureRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An order as a fixture writes it: what does not matter on the wire is left out. */
type WrittenSending =
  | {
      readonly kind: 'message';
      readonly lane: 'reply' | 'bulk';
      readonly from?: string;
      /** The messages to them have the ids `m1`, `m2`, … */
      readonly to: readonly string[];
      readonly text: string;
      readonly linkId?: string;
      readonly keyword?: string;
    }
  | {
      readonly kind: 'call';
      readonly id: string;
      readonly from: string;
      readonly to: string;
      readonly dialog?: string;
    };

type Written = Omit<SendFixture, 'name' | 'sending' | 'reply'> & {
  readonly sends: WrittenSending;
  readonly reply?: Omit<SendReply, 'headers'> & Partial<SendReply>;
};

/**
 * Reads the text of a fixture file of something that we send.
 * @throws Error that names the fixture and the part that is missing or wrong
 */
export function readSendFixture(name: string, text: string): SendFixture {
  const wrong = (part: string): Error => new Error(`fixture ${name}: ${part} is missing or wrong`);
  const file = JSON.parse(text) as Partial<Written>;
  const { meaning, source, sure, account, sends, expect, reply, reading } = file;
  if (typeof meaning !== 'string' || meaning === '') throw wrong('meaning');
  if (typeof source !== 'string' || source === '') throw wrong('source');
  if (sure === undefined || !['documented', 'client-code', 'inferred'].includes(sure)) throw wrong('sure');
  if (sends === undefined || !['message', 'call'].includes(sends.kind)) throw wrong('sends');
  if (expect === undefined || !isExpectation(expect)) throw wrong('expect');
  if ((reply === undefined) !== (reading === undefined)) throw wrong('reply or reading');
  return {
    ...{ name, meaning, source, sure, account: account ?? {}, sending: sendingOf(sends), expect },
    ...(reply === undefined ? {} : { reply: { ...reply, headers: reply.headers ?? {} } }),
    ...(reading === undefined ? {} : { reading }),
  };
}

function isExpectation(expect: SendFixture['expect']): boolean {
  return 'request' in expect ? typeof expect.request.url === 'string' : Object.hasOwn(sendErrors, expect.refused);
}

function sendingOf(written: WrittenSending): Sending {
  const base = { id: 'order-1', provider: '', account: 'demo', createdAt: new Date(0) };
  if (written.kind === 'call') return { kind: 'call', order: { ...base, ...written } };
  const { to, ...rest } = written;
  const recipients = to.map((number, index) => ({ messageId: `m${String(index + 1)}`, to: number }));
  const { segments, encoding } = segmentsOf(rest.text);
  return { kind: 'message', order: { ...base, ...rest, segments, encoding, recipients }, recipients };
}
