export interface ActionFault {
  /** File, or class of the provider. */
  readonly origin: string;
  readonly message: string;
}

/** Everything that is wrong with the actions, at once; thrown before any of them is put to use. */
export class ActionFaults extends Error {
  override readonly name = 'ActionFaults';
  constructor(readonly faults: readonly ActionFault[]) {
    super(faults.map(({ origin, message }) => `${origin}: ${message}`).join('\n'));
  }
}
