import type { FastifyRequest } from 'fastify';
import type { AuditDraft } from '@app/reporting';
import type { Scope } from './scopes.js';

/** Who asks. */
export interface Principal {
  /** Of the key; `environment` for the one of ONGEA_ADMIN_KEY. */
  readonly id: string;
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** On admin routes only. */
    principal?: Principal;
  }
}

/** @throws Error on a route that the admin guard does not watch */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === undefined) throw new Error('nobody was let in');
  return request.principal;
}

export function seesPersonalData({ scopes }: Principal): boolean {
  return scopes.has('pii:read');
}

/** A line of the audit log for what this principal does. */
export function auditOf(
  { id }: Principal,
  action: string,
  subject: string,
  at: Date,
  details?: AuditDraft['details'],
): AuditDraft {
  const actor = id === 'environment' ? id : `key:${id}`;
  return { at, actor, action, subject, ...(details === undefined ? {} : { details }) };
}
