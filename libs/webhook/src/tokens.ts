/** What the composition root binds for the webhook channels; the classes among it stand for themselves. */

/** `SessionReportStore` */
export const SESSION_REPORTS = Symbol('SessionReportStore');
/** `NoticeStore` */
export const NOTICES = Symbol('NoticeStore');
/** `InboxStore` */
export const INBOX = Symbol('InboxStore');
/** `Clock` */
export const CLOCK = Symbol('Clock');
/** `CallReportStore` */
export const CALL_REPORTS = Symbol('CallReportStore');
/** {@link PublicUrl} */
export const PUBLIC_URL = Symbol('PublicUrl');

/** How providers reach us, without a slash at the end; asked late, since a port may be known only once we listen. */
export interface PublicUrl {
  url(): string;
}
/** `InboundMessageStore` */
export const INBOUND_MESSAGES = Symbol('InboundMessageStore');
/** `DeliveryEventStore` */
export const DELIVERY_EVENTS = Symbol('DeliveryEventStore');
/** `OptOutStore` */
export const OPT_OUTS = Symbol('OptOutStore');
