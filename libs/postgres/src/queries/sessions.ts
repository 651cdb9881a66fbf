import { v7 as uuid } from 'uuid';
import type {
  AuditDraft,
  FunnelStep,
  KeptSession,
  KeptTurn,
  Page,
  PageRequest,
  SessionFilter,
  SessionQueries,
  TimeRange,
} from '@app/reporting';
import type { Database } from '../database.js';
import { present } from '../present.js';
import { auditCall, auditValues } from '../stores/audit-call.js';
import { Conditions } from './conditions.js';
import { readFunnel } from './funnel.js';
import { keyset, pageOf } from './keyset.js';

interface SessionColumns {
  readonly session: string;
  readonly session_key: string;
  readonly channel: string;
  readonly provider: string;
  readonly account: string;
  readonly caller: string;
  readonly dialog: string;
  readonly version: string;
  readonly step: string | null;
  readonly language: string | null;
  readonly turn: number;
  readonly ended: boolean;
  readonly started_at: Date;
  readonly last_turn_at: Date;
  readonly expires_at: Date;
}

interface TurnColumns {
  readonly id: string;
  readonly received_at: Date;
  readonly input: string | null;
  readonly reply: string;
  readonly step: string | null;
  readonly duration_ms: number;
  readonly outcome: string;
}

const columns = `session, session_key, channel, provider, account, caller, dialog, version, step, language, turn, ended,
  started_at, last_turn_at, expires_at`;

const findSession = { name: 'read-session', text: `SELECT ${columns} FROM sessions WHERE session = $1` };

const endSession = {
  name: 'end-session',
  text: `
    WITH over AS (
      UPDATE sessions SET ended = true, expires_at = least(expires_at, $2) WHERE session = $1 RETURNING session
    )
    SELECT ${auditCall(3)} FROM over`,
};

/** Conversations and what was said in them, as the journal of turns tells it. */
export class PostgresSessionQueries implements SessionQueries {
  constructor(private readonly database: Database) {}

  async list(filter: SessionFilter, now: Date, page: PageRequest): Promise<Page<KeptSession>> {
    const { open, channel, provider, account, dialog, caller, started } = filter;
    const wanted = new Conditions().equal({ channel, provider, account, dialog, caller }).within('started_at', started);
    if (open) wanted.always('NOT ended').where('expires_at > ?', now);
    const key = keyset(page, {
      ...{ column: 'started_at', type: 'timestamptz', id: 'session', idType: 'text', descending: true },
      after: wanted.count,
    });
    const text = `
      SELECT ${columns} FROM sessions
      WHERE ${wanted.text} AND ${key.where} ORDER BY ${key.orderBy} LIMIT ${String(key.limit)}`;
    const rows = await this.database.query<SessionColumns>({ text }, [...wanted.values, ...key.values]);
    return pageOf(
      rows,
      page,
      ({ started_at, session }) => ({ value: started_at.toISOString(), id: session }),
      sessionOf,
    );
  }

  async get(key: string): Promise<KeptSession | undefined> {
    const [row] = await this.database.query<SessionColumns>(findSession, [key]);
    return row === undefined ? undefined : sessionOf(row);
  }

  async turns(session: string, page: PageRequest): Promise<Page<KeptTurn>> {
    const wanted = new Conditions().equal({ session });
    const key = keyset(page, {
      ...{ column: 'received_at', type: 'timestamptz', id: 'id', descending: true, after: wanted.count },
    });
    const text = `
      SELECT id, received_at, input, reply, step, duration_ms, outcome FROM turns
      WHERE ${wanted.text} AND ${key.where} ORDER BY ${key.orderBy} LIMIT ${String(key.limit)}`;
    const rows = await this.database.query<TurnColumns>({ text }, [...wanted.values, ...key.values]);
    return pageOf(rows, page, ({ received_at, id }) => ({ value: received_at.toISOString(), id }), turnOf);
  }

  async ended(key: string, at: Date, audit: AuditDraft): Promise<void> {
    await this.database.query(endSession, [key, at, ...auditValues(uuid(), audit)]);
  }

  funnel(dialog: string, version: string | undefined, began: TimeRange, now: Date): Promise<readonly FunnelStep[]> {
    return readFunnel(this.database, dialog, version, began, now);
  }
}

function sessionOf(row: SessionColumns): KeptSession {
  const { channel, provider, account, caller, dialog, version, ended, step, language } = row;
  return {
    ...{ channel, provider, account, caller, dialog, version, ended },
    key: row.session,
    sessionKey: row.session_key,
    turns: row.turn,
    startedAt: row.started_at,
    lastTurnAt: row.last_turn_at,
    expiresAt: row.expires_at,
    ...present({ step, language }),
  };
}

function turnOf(row: TurnColumns): KeptTurn {
  const { id, reply, outcome, input, step } = row;
  return { id, at: row.received_at, reply, durationMs: row.duration_ms, outcome, ...present({ input, step }) };
}
