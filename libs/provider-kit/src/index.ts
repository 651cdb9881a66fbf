/** What providers speak of, so that they need know neither dialogs nor reports. */
export type { Caller, HopMark, ScreenLimit, TurnReply } from '@app/dialog';
export type { Money } from '@app/reporting';
export type * from './contracts/http.js';
export type * from './contracts/account.js';
export type * from './contracts/ussd.js';
export type * from './contracts/bot.js';
export type * from './contracts/provider.js';
export { PayloadRejected, rejections, type RejectionCode } from './rejections.js';
export { readFields, readQuery } from './payload.js';
export { asText, cleanRecord, cleanText, count, maxFieldLength, record, text, word } from './fields.js';
export { isRecord, maxDepth } from './json.js';
export { maxFields } from './form.js';
export { emptyRecord, isUnsafeName } from './unsafe-names.js';
export { isAcceptedToken, isSignedBy, sign, type HmacScheme } from './signatures.js';
export { AddressRanges, rangeFault } from './address.js';
export { AccountBook, ProviderRegistry } from './registry.js';
export { defaultAddress, resolveDialled, resolveRoute, type DialledRoute } from './routes.js';
export { redactText } from './redaction.js';
export {
  readFixture,
  type Fixture,
  type FixtureAccount,
  type FixtureExpectation,
  type FixtureReply,
  type FixtureRequest,
} from './fixture.js';
