import type { Provider as NestProvider } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import {
  ADMIN_CLOCK,
  ADMIN_KEYS,
  ADMIN_LIMITS,
  ADMIN_VAULT,
  adminLimits,
  AUDIT_LOG,
  CALL_REPORTS,
  CONFIGURED_FORWARDS,
  ENVIRONMENT_KEY,
  FORWARD_QUERIES,
  ERASURES,
  IDEMPOTENCY,
  OPT_OUT_QUERIES,
  DIALOG_QUERIES,
  INBOX_QUERIES,
  MESSAGES,
  OUTBOX_QUERIES,
  REPLAYER,
  SENDING,
  SESSION_QUERIES,
  SESSION_REPORT_QUERIES,
  PEER_ADDRESS,
} from '@app/admin';
import { DialogCatalog } from '@app/dialog';
import { WebhookRoutes, type Peers } from '@app/webhook';
import { OperatorSending } from './operator-sending.js';
import type { Parts } from './parts.js';
import { InboxReplayer } from './replayer.js';
import type { WatchedStores } from './watched-stores.js';

/** The webhooks of this process, for what the inbox holds. */
export interface WebhooksHere {
  readonly stores: WatchedStores;
  /** False without the role `gateway`. */
  readonly served: boolean;
}

/** What the tokens of the admin API stand for. */
export function adminBindings(parts: Parts, peers: Peers, adminKey: string, webhooks: WebhooksHere): NestProvider[] {
  const { postgres, clock, vault, sharedCounts, catalog, composer } = parts;
  return [
    { provide: ENVIRONMENT_KEY, useValue: adminKey },
    { provide: ADMIN_CLOCK, useValue: clock },
    { provide: ADMIN_VAULT, useValue: vault },
    { provide: ADMIN_LIMITS, useValue: adminLimits(sharedCounts?.client) },
    { provide: PEER_ADDRESS, useValue: (request: FastifyRequest) => addressOf(peers, request) },
    { provide: ADMIN_KEYS, useValue: postgres.adminKeys },
    { provide: CALL_REPORTS, useValue: postgres.callReportQueries },
    { provide: ERASURES, useValue: postgres.erasures },
    { provide: FORWARD_QUERIES, useValue: postgres.forwardQueries },
    { provide: CONFIGURED_FORWARDS, useValue: parts.workspace.configuration.forwards },
    { provide: AUDIT_LOG, useValue: postgres.auditLog },
    { provide: IDEMPOTENCY, useValue: postgres.idempotency },
    { provide: OPT_OUT_QUERIES, useValue: postgres.optOutQueries },
    { provide: MESSAGES, useValue: postgres.messageQueries },
    { provide: OUTBOX_QUERIES, useValue: postgres.outboxQueries },
    { provide: SESSION_QUERIES, useValue: postgres.sessionQueries },
    { provide: SESSION_REPORT_QUERIES, useValue: postgres.sessionReportQueries },
    { provide: INBOX_QUERIES, useValue: postgres.inboxQueries },
    { provide: DIALOG_QUERIES, useValue: postgres.dialogQueries },
    { provide: DialogCatalog, useValue: catalog },
    { provide: SENDING, useValue: new OperatorSending(composer, postgres.outbox, postgres.auditLog) },
    {
      provide: REPLAYER,
      useFactory: (modules: ModuleRef) => replayerOf(parts, webhooks, modules),
      inject: [ModuleRef],
    },
  ];
}

function replayerOf(
  { providers, accounts, log }: Parts,
  { stores, served }: WebhooksHere,
  modules: ModuleRef,
): InboxReplayer {
  // Asked late: the channels add their routes while the application starts.
  const routes = () => (served ? modules.get(WebhookRoutes, { strict: false }).all : []);
  return new InboxReplayer({ providers, accounts, stores, routes, log });
}

function addressOf(peers: Peers, { socket, headers }: FastifyRequest): string {
  const forwardedFor = headers['x-forwarded-for'];
  return peers.peerOf(socket.remoteAddress, typeof forwardedFor === 'string' ? forwardedFor : undefined) ?? 'unknown';
}
