/** Names that reach a prototype once someone copies an object carelessly: no payload of ours ever carries them. */
export function isUnsafeName(name: string): boolean {
  return name === '__proto__' || name === 'constructor' || name === 'prototype';
}

/** An object without a prototype, to be filled with values from outside. */
export function emptyRecord<Value>(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>;
}
