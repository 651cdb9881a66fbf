export * from './values.js';
export * from './definition/model.js';
export * from './definition/phrases.js';
export * from './ports.js';
export type * from './turn.js';
