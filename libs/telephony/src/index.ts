export { parseMsisdn, localNumber, writtenForms, type Msisdn } from './msisdn.js';
export { numberPattern } from './number-pattern.js';
export { parseParty, type Party } from './party.js';
export { maskMsisdn } from './mask.js';
export { isDialledCode, matchServiceCode, type DialledCode } from './service-code.js';
export { networks, networkName, ussdSeptetsOf, type Network } from './network-code.js';
export { gsmWidthOf, septetsOf, splitsPair, ucs2UnitsOf } from './gsm7.js';
export { segmentsOf, splitSegments, type SmsSegments } from './segments.js';
export { replaceLookAlikes } from './look-alikes.js';
export {
  deliveryRank,
  deliveryStatuses,
  failureReasons,
  isFinalDelivery,
  type DeliveryStatus,
  type FailureReason,
} from './delivery-status.js';
export { callStatuses, hangupCauseOf, type CallDirection, type CallStatus } from './call-status.js';
