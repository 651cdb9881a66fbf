import { Delete, Get, HttpCode, Inject, Param, Query } from '@nestjs/common';
import { IsIn, IsOptional } from 'class-validator';
import { channels, DialogService, StoreUnavailable, type Channel, type Clock } from '@app/dialog';
import type { KeptSession, SessionFilter, SessionQueries } from '@app/reporting';
import { parseMsisdn } from '@app/telephony';
import { Scopes } from '../access/admin.guard.js';
import { Caller } from '../access/caller.js';
import { auditOf, type Principal } from '../access/principal.js';
import { AdminController } from '../admin-controller.js';
import { listAnswer, type ListAnswer } from '../paging/cursor.js';
import { IsSwitch } from '../paging/is-switch.js';
import { IsInstant, IsWord, ListQuery } from '../paging/list.query.js';
import { rangeOf } from '../paging/range.js';
import { timePage } from '../paging/time-page.js';
import { requirePersonal, viewOf } from '../personal/personal-view.js';
import { notFound, Problem } from '../problems/problem.js';
import { ADMIN_CLOCK, SESSION_QUERIES } from '../tokens.js';
import { shownSession, shownTurn } from './shown-session.js';

/** What the outside names of sessions look like: an HMAC-SHA-256; a text of another form can be that of none. */
const sessionKeys = /^[A-Za-z0-9_-]{43}$/;

class SessionsQuery extends ListQuery {
  /** False: those that are over as well. */
  @IsOptional()
  @IsSwitch()
  readonly open: boolean = true;

  @IsOptional()
  @IsIn(channels, { message: `must be one of ${channels.join(', ')}` })
  readonly channel?: Channel;

  @IsOptional()
  @IsWord()
  readonly provider?: string;

  @IsOptional()
  @IsWord()
  readonly account?: string;

  @IsOptional()
  @IsWord()
  readonly dialog?: string;

  @IsOptional()
  @IsWord()
  readonly caller?: string;

  @IsOptional()
  @IsInstant()
  readonly startedAfter?: Date;

  @IsOptional()
  @IsInstant()
  readonly startedBefore?: Date;
}

/** Conversations, and what was said in them. */
@AdminController('sessions')
export class SessionsController {
  constructor(
    @Inject(SESSION_QUERIES) private readonly sessions: SessionQueries,
    @Inject(DialogService) private readonly dialogs: DialogService,
    @Inject(ADMIN_CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Scopes('sessions:read')
  async list(
    @Query() { limit, cursor, ...asked }: SessionsQuery,
    @Caller() principal: Principal,
  ): Promise<ListAnswer<unknown>> {
    requirePersonal(principal, { caller: asked.caller });
    const bound = { list: 'sessions', ...asked };
    const page = await this.sessions.list(filterOf(asked), this.now(), timePage(cursor, limit, bound, sessionKeys));
    return listAnswer(page, bound, (session) => shownSession(session, viewOf(principal)));
  }

  @Get(':key')
  @Scopes('sessions:read')
  async get(@Param('key') key: string, @Caller() principal: Principal): Promise<unknown> {
    return shownSession(await this.find(key), viewOf(principal));
  }

  @Get(':key/turns')
  @Scopes('sessions:read')
  async turns(
    @Param('key') key: string,
    @Query() { limit, cursor }: ListQuery,
    @Caller() principal: Principal,
  ): Promise<ListAnswer<unknown>> {
    if (!sessionKeys.test(key)) throw notFound('session');
    const bound = { key };
    const page = await this.sessions.turns(key, timePage(cursor, limit, bound));
    if (page.items.length === 0) await this.find(key);
    return listAnswer(page, bound, (turn) => shownTurn(turn, viewOf(principal)));
  }

  /** What the person says next begins anew; a repeat of the last turn still gets its answer. */
  @Delete(':key')
  @HttpCode(204)
  @Scopes('sessions:end')
  async end(@Param('key') key: string, @Caller() principal: Principal): Promise<void> {
    const session = await this.find(key);
    const now = this.now();
    if (session.ended || session.expiresAt <= now) throw new Problem(409, 'the session is over already');
    await this.close(session);
    const { channel, provider, account } = session;
    await this.sessions.ended(key, now, auditOf(principal, 'session.ended', key, now, { channel, provider, account }));
  }

  private async find(key: string): Promise<KeptSession> {
    const session = sessionKeys.test(key) ? await this.sessions.get(key) : undefined;
    if (session === undefined) throw notFound('session');
    return session;
  }

  private async close({ sessionKey }: KeptSession): Promise<void> {
    try {
      await this.dialogs.closeByKey(sessionKey);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      throw new Problem(503, 'the session store is away', { headers: { 'retry-after': '5' } });
    }
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}

type Asked = Omit<SessionsQuery, 'limit' | 'cursor'>;

function filterOf({ caller, startedAfter, startedBefore, ...others }: Asked): SessionFilter {
  // Callers of bots need not be numbers.
  const who = caller === undefined ? {} : { caller: parseMsisdn(caller) ?? caller };
  return { ...others, ...who, started: rangeOf(startedAfter, startedBefore) };
}
