export { compileForward, fixedHeaders, type CompiledForward, type ForwardRequest } from './compiled-forward.js';
export type { ForwardDefinition } from './definition.js';
export { Forwarding, forwardedEvents, type ForwardingPorts } from './forwarding.js';
export { fieldTemplate, headerTemplate, urlTemplate, UrlEscaped, UrlSyntax } from './templates.js';
export { forwardVariables, personalVariables } from './variables.js';
