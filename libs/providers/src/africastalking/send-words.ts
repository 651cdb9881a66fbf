import type { SendErrorCode } from '@app/provider-kit';
import type { DeliveryStatus } from '@app/telephony';

/** Recipients of whom the provider took the message, by status code; the word beside each of these is `Success`. */
export const acceptedCodes = new Map<number, DeliveryStatus>([
  // Processed, which is less than sent.
  [100, 'queued'],
  [101, 'sent'],
  [102, 'queued'],
]);

const refusals: readonly (readonly [code: number | undefined, word: string, error: SendErrorCode])[] = [
  [401, 'RiskHold', 'risk-hold'],
  [402, 'InvalidSenderId', 'sender-invalid'],
  [403, 'InvalidPhoneNumber', 'recipient-invalid'],
  [404, 'UnsupportedNumberType', 'recipient-unsupported'],
  [405, 'InsufficientBalance', 'insufficient-balance'],
  [406, 'UserInBlacklist', 'opted-out'],
  [407, 'CouldNotRoute', 'no-route'],
  [409, 'DoNotDisturbRejection', 'do-not-disturb'],
  [500, 'InternalServerError', 'provider-error'],
  [501, 'GatewayError', 'provider-error'],
  [502, 'RejectedByGateway', 'provider-rejected'],
  // Of calls, which have no codes.
  [undefined, 'DestinationNotSupported', 'recipient-unsupported'],
  [undefined, 'InsufficientCredit', 'insufficient-balance'],
];

const byCode = new Map(refusals.map(([code, , error]) => [code, error]));
const byWord = new Map(refusals.map(([, word, error]) => [word.toLowerCase(), error]));

/** Of the status code of a recipient. */
export function refusalOfCode(code: number): SendErrorCode | undefined {
  return byCode.get(code);
}

/** Of a status or message, blanks and letter case aside. */
export function refusalOfWord(word: string): SendErrorCode | undefined {
  return byWord.get(word.replace(/\s+/g, '').toLowerCase());
}
