import type { TurnReply } from '@app/dialog';
import type { Account } from './contracts/account.js';
import type { Fields } from './contracts/http.js';
import { rejections, type RejectionCode } from './rejections.js';

/** One request of a provider as bytes on the wire, and what we make of it: a file in a provider's folder `fixtures`. */
export interface Fixture {
  /** The file's name without its ending. */
  readonly name: string;
  readonly request: FixtureRequest;
  /** What happened at the person's end. */
  readonly meaning: string;
  /** Where the shape is known from. */
  readonly source: string;
  /** How well it is known: documented, seen in client code, or only inferred. */
  readonly sure: 'documented' | 'client-code' | 'inferred';
  /** What the account must have for it. */
  readonly account: FixtureAccount;
  /** Whether the signature must be found good; absent: nothing is signed. */
  readonly signature?: 'good' | 'bad';
  readonly expect: FixtureExpectation;
  readonly reply?: FixtureReply;
}

export interface FixtureRequest {
  readonly method: string;
  /** Ours: `/ussd/africastalking/demo`; a query may follow. */
  readonly path: string;
  readonly contentType?: string;
  /** Names as the provider writes them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type FixtureAccount = Partial<
  Pick<
    Account,
    | 'country'
    | 'timezone'
    | 'maxSeptets'
    | 'secrets'
    | 'options'
    | 'credentials'
    | 'endpoints'
    | 'airtimeAllow'
    | 'callReports'
  >
>;

/** What parsing gives, as JSON would write it: times in ISO 8601, absent fields left out, `raw` left out. */
export type FixtureExpectation =
  | { readonly turn: Fields }
  | { readonly sessionEnd: Fields }
  | { readonly event: Fields }
  | { readonly notice: Fields }
  | { readonly messages: readonly Fields[] }
  | { readonly deliveries: readonly Fields[] }
  | { readonly optOuts: readonly Fields[] }
  | { readonly pickedUp: Fields }
  | { readonly final: Fields }
  | { readonly reports: readonly Fields[] }
  | { readonly challenge: Fields }
  | { readonly rejected: RejectionCode };

/** What we answer; in a call's document an answer to turn 2 goes to `https://app.example/voice?turn=2`, silence adds `&noinput=2`. */
export interface FixtureReply {
  /** What the dialog says, or the closing phrase for a rejected request. */
  readonly says?: Partial<TurnReply> & Pick<TurnReply, 'texts'>;
  readonly status: number;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

const expectations = [
  ...['turn', 'sessionEnd', 'event', 'notice', 'rejected'],
  ...['messages', 'deliveries', 'optOuts', 'pickedUp', 'final', 'reports', 'challenge'],
];

/**
 * Reads the text of a fixture file.
 * @throws Error that names the fixture and the part that is missing or wrong
 */
export function readFixture(name: string, text: string): Fixture {
  const wrong = (part: string): Error => new Error(`fixture ${name}: ${part} is missing or wrong`);
  const file = JSON.parse(text) as Partial<Omit<Fixture, 'request'>> & { request?: Partial<FixtureRequest> };
  const { request, meaning, source, sure, account, expect, ...rest } = file;
  if (typeof request?.method !== 'string') throw wrong('request.method');
  if (typeof request.path !== 'string' || !request.path.startsWith('/')) throw wrong('request.path');
  if (typeof request.body !== 'string') throw wrong('request.body');
  if (typeof meaning !== 'string' || meaning === '') throw wrong('meaning');
  if (typeof source !== 'string' || source === '') throw wrong('source');
  if (sure === undefined || !['documented', 'client-code', 'inferred'].includes(sure)) throw wrong('sure');
  if (expect === undefined || !isExpectation(expect)) throw wrong('expect');
  const { method, path, body, contentType, headers } = request;
  const wire = { method, path, body, headers: headers ?? {}, ...(contentType === undefined ? {} : { contentType }) };
  return { ...rest, name, request: wire, meaning, source, sure, account: account ?? {}, expect };
}

function isExpectation(expect: object): boolean {
  const kinds = Object.keys(expect);
  if ('rejected' in expect && !Object.keys(rejections).includes(String(expect.rejected))) return false;
  return kinds.length === 1 && kinds.every((kind) => expectations.includes(kind));
}
