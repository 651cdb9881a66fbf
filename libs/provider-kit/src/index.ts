/** What providers speak of, so that they need know neither dialogs nor reports. */
export type { Caller, HopMark, ScreenLimit, SpokenPart, TurnReply, VoicePrompt, VoiceReply } from '@app/dialog';
export type {
  CallOrder,
  CallReport,
  DeliveryEvent,
  InboundMessage,
  MessageOrder,
  Money,
  Notice,
  Recipient,
  SendResult,
} from '@app/reporting';
export type * from './contracts/http.js';
export type * from './contracts/account.js';
export type * from './contracts/ussd.js';
export type * from './contracts/bot.js';
export type * from './contracts/sms.js';
export type * from './contracts/voice.js';
export type * from './contracts/call-report.js';
export type * from './contracts/notices.js';
export type * from './contracts/send.js';
export type * from './contracts/provider.js';
export { SendRefused, sendErrors, type SendErrorClass, type SendErrorCode } from './send-errors.js';
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
export { zonedTime } from './zoned-time.js';
export { callReportFields, type CallReportField } from './call-report-fields.js';
export { retryAfterMs } from './retry-after.js';
export {
  readFixture,
  type Fixture,
  type FixtureAccount,
  type FixtureExpectation,
  type FixtureReply,
  type FixtureRequest,
} from './fixture.js';
export { readSendFixture, type SendFixture, type SendFixtureRequest } from './send-fixture.js';
