export type { CircuitLimits, CircuitState } from './circuits.js';
export type { Resolver } from './guarded-connector.js';
export { guardedFetch } from './guarded-fetch.js';
export type { GuardedFetch } from './guarded-fetch.js';
export { GuardedHttpClient } from './guarded-http-client.js';
export type { GuardedHttpOptions, GuardedRequest, GuardedResponse } from './guarded-http-client.js';
export { OutboundError, outboundFaults } from './outbound-error.js';
export type { OutboundFault } from './outbound-error.js';
