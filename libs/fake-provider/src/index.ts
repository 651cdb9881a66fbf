export { FakeProvider, type FakeProviderOptions } from './fake-provider.js';
export { failures, type Behaviour, type Failure } from './behaviour.js';
export { readCallDocument, type CallAction } from './call-document.js';
export type { PlacedCall } from './voice-api.js';
export type { SentMessage } from './messaging-api.js';
