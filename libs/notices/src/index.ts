export { NoticesModule } from './notices.module.js';
export { NoticesHandler } from './notices.handler.js';
