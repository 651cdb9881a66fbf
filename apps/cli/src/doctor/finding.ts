/** What one look came to. */
export interface Finding {
  /** What was looked at: `database`, `account africastalking/demo`. */
  readonly of: string;
  readonly state: 'well' | 'warning' | 'fault' | 'skipped';
  readonly detail: string;
  /** What to do. */
  readonly hint?: string;
}

export const well = (of: string, detail: string): Finding => ({ of, state: 'well', detail });
export const skipped = (of: string, detail: string): Finding => ({ of, state: 'skipped', detail });
export const warning = (of: string, detail: string, hint: string): Finding => ({ of, state: 'warning', detail, hint });
export const fault = (of: string, detail: string, hint: string): Finding => ({ of, state: 'fault', detail, hint });
