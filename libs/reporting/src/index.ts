export * from './session-report.js';
export * from './notice.js';
export * from './inbox.js';
