import type { Provider as NestProvider } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import {
  ADMIN_CLOCK,
  ADMIN_KEYS,
  ADMIN_LIMITS,
  ADMIN_VAULT,
  adminLimits,
  AUDIT_LOG,
  ENVIRONMENT_KEY,
  IDEMPOTENCY,
  OPT_OUT_QUERIES,
  PEER_ADDRESS,
} from '@app/admin';
import type { Peers } from '@app/webhook';
import type { Parts } from './parts.js';

/** What the tokens of the admin API stand for. */
export function adminBindings(parts: Parts, peers: Peers, adminKey: string): NestProvider[] {
  const { postgres, clock, vault, sharedCounts } = parts;
  return [
    { provide: ENVIRONMENT_KEY, useValue: adminKey },
    { provide: ADMIN_CLOCK, useValue: clock },
    { provide: ADMIN_VAULT, useValue: vault },
    { provide: ADMIN_LIMITS, useValue: adminLimits(sharedCounts?.client) },
    { provide: PEER_ADDRESS, useValue: (request: FastifyRequest) => addressOf(peers, request) },
    { provide: ADMIN_KEYS, useValue: postgres.adminKeys },
    { provide: AUDIT_LOG, useValue: postgres.auditLog },
    { provide: IDEMPOTENCY, useValue: postgres.idempotency },
    { provide: OPT_OUT_QUERIES, useValue: postgres.optOutQueries },
  ];
}

function addressOf(peers: Peers, { socket, headers }: FastifyRequest): string {
  const forwardedFor = headers['x-forwarded-for'];
  return peers.peerOf(socket.remoteAddress, typeof forwardedFor === 'string' ? forwardedFor : undefined) ?? 'unknown';
}
