export { CallReportModule } from './call-report.module.js';
export { CallReportHandler } from './call-report.handler.js';
