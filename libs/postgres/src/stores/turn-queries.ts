import type { DataSource } from 'typeorm';
import type { KeptSession, KeptTurn } from '@app/reporting';
import { present } from '../present.js';

interface TurnColumns {
  readonly id: string;
  readonly received_at: Date;
  readonly input: string | null;
  readonly reply: string;
  readonly step: string | null;
  readonly duration_ms: number;
  readonly outcome: string;
}

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

/** The turns of the sessions of a name, oldest first. */
export async function findTurns(dataSource: DataSource, session: string): Promise<KeptTurn[]> {
  const rows: TurnColumns[] = await dataSource.query(
    'SELECT * FROM turns WHERE session = $1 ORDER BY received_at, id',
    [session],
  );
  return rows.map((row) => {
    const { id, reply, outcome, input, step } = row;
    return { id, at: row.received_at, reply, durationMs: row.duration_ms, outcome, ...present({ input, step }) };
  });
}

/** The last session of a name. */
export async function findSession(dataSource: DataSource, session: string): Promise<KeptSession | undefined> {
  const [row]: SessionColumns[] = await dataSource.query('SELECT * FROM sessions WHERE session = $1', [session]);
  if (row === undefined) return undefined;
  const { channel, provider, account, caller, dialog, version, step, language, ended } = row;
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
