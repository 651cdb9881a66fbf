import type { AuditDraft } from '@app/reporting';

/** Appends to the audit log as part of another statement, whose parameters from `first` on are {@link auditValues}. */
export function auditCall(first: number): string {
  const types = ['uuid', 'timestamptz', 'text', 'text', 'text', 'jsonb'];
  const parameters = types.map((type, i) => `$${String(first + i)}::${type}`);
  return `append_audit(${parameters.join(', ')})`;
}

/** @param id UUIDv7; an entry that is there already is not appended again */
export function auditValues(id: string, { at, actor, action, subject, details = {} }: AuditDraft): readonly unknown[] {
  return [id, at, actor, action, subject, JSON.stringify(details)];
}
