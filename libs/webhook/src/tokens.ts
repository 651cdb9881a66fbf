/** What the composition root binds for the webhook channels; the classes among it stand for themselves. */

/** `SessionReportStore` */
export const SESSION_REPORTS = Symbol('SessionReportStore');
/** `NoticeStore` */
export const NOTICES = Symbol('NoticeStore');
/** `InboxStore` */
export const INBOX = Symbol('InboxStore');
/** `Clock` */
export const CLOCK = Symbol('Clock');
