import { record, text } from '@app/provider-kit';
import type { CallReportField, CallReportSettings, Fields } from '@app/provider-kit';

/** A value that a composed webhook should have replaced; documentation pages print the braces with an at-sign before them. */
const placeholder = /^@?\{\{[^{}]*\}\}$/;

/** Their keys for our fields, of reports that nobody composed. */
export type FixedNames = Readonly<Partial<Record<CallReportField, string>>>;

/** What a call report says under our names. */
export class ReportWords {
  private readonly settings: Pick<CallReportSettings, 'fields' | 'constants'>;

  constructor(
    private readonly payload: Fields,
    settings: Pick<CallReportSettings, 'fields' | 'constants'> | undefined,
    private readonly fixedNames: FixedNames = {},
  ) {
    this.settings = settings ?? { fields: {}, constants: {} };
  }

  /** The constant of the field, else what stands under the account's key for it, else under the fixed one. */
  of(field: CallReportField): string | undefined {
    return own(this.settings.constants, field) ?? this.said(field);
  }

  /** The same without constants: what the sender itself said. */
  said(field: CallReportField): string | undefined {
    const composed = own(this.settings.fields, field);
    const fixed = this.fixedNames[field];
    return (
      (composed === undefined ? undefined : this.under(composed)) ??
      (fixed === undefined ? undefined : this.under(fixed))
    );
  }

  /** What stands under a key of theirs, dots leading into objects; placeholders and blanks are nothing. */
  under(key: string): string | undefined {
    const found = text(this.payload, key) ?? within(this.payload, key);
    if (found === undefined || found.trim() === '' || placeholder.test(found.trim())) return undefined;
    if (!found.startsWith('@')) return found;
    return found.length === 1 ? undefined : found.slice(1);
  }
}

function within(payload: Fields, key: string): string | undefined {
  const dot = key.indexOf('.');
  if (dot === -1) return undefined;
  const inner = record(payload, key.slice(0, dot));
  const rest = key.slice(dot + 1);
  return inner === undefined ? undefined : (text(inner, rest) ?? within(inner, rest));
}

function own(values: Readonly<Record<string, string>>, name: string): string | undefined {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return value === '' ? undefined : value;
}
