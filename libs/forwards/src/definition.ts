import type { ForwardEvent } from '@app/reporting';

/** Where records are sent on to, as the configuration says it. */
export interface ForwardDefinition {
  readonly id: string;
  readonly on: readonly ForwardEvent[];
  /** CEL. */
  readonly when?: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Its path and query may hold templates, its host may not. */
  readonly url: string;
  /** Name → template. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: 'json' | 'form';
  /** Name → template; empty: the whole record. */
  readonly fields: Readonly<Record<string, string>>;
  readonly allowPersonal: boolean;
}
