export { UssdModule } from './ussd.module.js';
export { UssdHandler } from './ussd.handler.js';
export { SessionReportKeeper } from './session-report-keeper.js';
export { toTurn } from './ussd-turn.js';
