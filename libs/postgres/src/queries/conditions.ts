import type { TimeRange } from '@app/reporting';
import { timeColumn } from '../row.js';

/** The conditions of a statement, and the values that they refer to as `$1`, `$2`, …. */
export class Conditions {
  readonly #texts: string[] = [];
  readonly #values: unknown[] = [];

  get values(): readonly unknown[] {
    return this.#values;
  }

  /** How many parameters there are. */
  get count(): number {
    return this.#values.length;
  }

  /** All of them must hold. */
  get text(): string {
    return this.#texts.length === 0 ? 'true' : this.#texts.join(' AND ');
  }

  /** A condition without a value. */
  always(text: string): this {
    this.#texts.push(text);
    return this;
  }

  /** One more value that the condition names by `?`, as often as it likes; an undefined value asks for nothing. */
  where(text: string, value: unknown): this {
    if (value === undefined) return this;
    this.#values.push(value);
    this.#texts.push(text.replaceAll('?', `$${String(this.#values.length)}`));
    return this;
  }

  /** Columns that must have a value; those whose value is undefined may have any. */
  equal(columns: Readonly<Record<string, unknown>>): this {
    for (const [column, value] of Object.entries(columns)) this.where(`${column} = ?`, value);
    return this;
  }

  within(column: string, { after, before }: TimeRange = {}): this {
    // What Postgres cannot say is far away.
    const limit = (time: Date | undefined) => time && (timeColumn(time) ?? '-infinity');
    return this.where(`${column} >= ?::timestamptz`, limit(after)).where(`${column} < ?::timestamptz`, limit(before));
  }
}
