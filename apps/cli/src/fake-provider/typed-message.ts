import { parseMsisdn } from '@app/telephony';

/** A message that a person is to send. */
export interface TypedMessage {
  /** E.164. */
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

/** Reads `+254700000202 44170 PRICE maize`; undefined where it is something else. */
export function readTypedMessage(line: string): TypedMessage | undefined {
  const [, number = '', to, text = ''] = /^\s*(\+\d+)\s+(\S+)(?:\s(.*))?$/.exec(line) ?? [];
  const from = parseMsisdn(number, undefined);
  return from === undefined || to === undefined ? undefined : { from, to, text };
}
