export { VoiceModule } from './voice.module.js';
export { VoiceHandler, type VoicePorts } from './voice.handler.js';
export { FinishedCalls } from './finished-calls.js';
export { NumberRoutes } from './number-routes.js';
