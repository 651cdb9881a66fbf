export type * from './contracts/http.js';
export type * from './contracts/account.js';
export type * from './contracts/ussd.js';
export type * from './contracts/bot.js';
export type * from './contracts/provider.js';
export { PayloadRejected, rejections, type RejectionCode } from './rejections.js';
