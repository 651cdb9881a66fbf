export type * from './page.js';
export type * from './access.js';
export type * from './call-reports.js';
export type * from './messages.js';
export type * from './conversations.js';
export type * from './forwards.js';
export type * from './privacy.js';
