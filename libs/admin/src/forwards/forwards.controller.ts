import { Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { Clock } from '@app/dialog';
import type { ForwardAttempt, ForwardQueries, ForwardState } from '@app/reporting';
import { Scopes } from '../access/admin.guard.js';
import { Caller } from '../access/caller.js';
import { auditOf, type Principal } from '../access/principal.js';
import { AdminController } from '../admin-controller.js';
import { listAnswer, type ListAnswer } from '../paging/cursor.js';
import { ListQuery } from '../paging/list.query.js';
import { timePage } from '../paging/time-page.js';
import { shownTime } from '../personal/masking.js';
import { notFound } from '../problems/problem.js';
import { ADMIN_CLOCK, CONFIGURED_FORWARDS, FORWARD_QUERIES } from '../tokens.js';

/** A forward of the configuration as it may be shown. */
export interface ConfiguredForward {
  readonly id: string;
  readonly on: readonly string[];
  readonly when?: string;
  readonly method: string;
  /** May hold a secret in its path or query. */
  readonly url: string;
  /** Values may be secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly secret?: string;
  readonly allowPersonal: boolean;
}

/** Where records are sent on to, and how that goes. */
@AdminController('forwards')
export class ForwardsController {
  constructor(
    @Inject(FORWARD_QUERIES) private readonly forwards: ForwardQueries,
    @Inject(CONFIGURED_FORWARDS) private readonly configured: readonly ConfiguredForward[],
    @Inject(ADMIN_CLOCK) private readonly clock: Clock,
  ) {}

  /** They stand in the configuration and are few: all are on one page. */
  @Get()
  @Scopes('forwards:manage')
  async list(): Promise<ListAnswer<unknown>> {
    const states = await this.forwards.states(this.configured.map(({ id }) => id));
    const items = this.configured.map((forward) => shown(forward, stateOf(states, forward.id)));
    return { items, nextCursor: null, prevCursor: null };
  }

  @Get(':id/attempts')
  @Scopes('forwards:manage')
  async attempts(@Param('id') id: string, @Query() { limit, cursor }: ListQuery): Promise<ListAnswer<unknown>> {
    this.#configured(id);
    const bound = { list: 'attempts', forward: id };
    return listAnswer(await this.forwards.attempts(id, timePage(cursor, limit, bound)), bound, shownAttempt);
  }

  @Post(':id/redrive')
  @HttpCode(202)
  @Scopes('forwards:manage')
  async redrive(@Param('id') id: string, @Caller() caller: Principal): Promise<unknown> {
    this.#configured(id);
    const audit = auditOf(caller, 'forward.redriven', id, new Date(this.clock.now()));
    return { redriven: await this.forwards.redrive(id, audit) };
  }

  @Post(':id/enable')
  @HttpCode(202)
  @Scopes('forwards:manage')
  enable(@Param('id') id: string, @Caller() caller: Principal): Promise<unknown> {
    return this.#set(id, true, caller);
  }

  @Post(':id/disable')
  @HttpCode(202)
  @Scopes('forwards:manage')
  disable(@Param('id') id: string, @Caller() caller: Principal): Promise<unknown> {
    return this.#set(id, false, caller);
  }

  async #set(id: string, enabled: boolean, caller: Principal): Promise<unknown> {
    const forward = this.#configured(id);
    const action = enabled ? 'forward.enabled' : 'forward.disabled';
    const audit = auditOf(caller, action, id, new Date(this.clock.now()));
    await this.forwards.setEnabled(id, enabled, enabled ? undefined : 'by-operator', audit);
    return shown(forward, stateOf(await this.forwards.states([id]), id));
  }

  #configured(id: string): ConfiguredForward {
    const forward = this.configured.find((each) => each.id === id);
    if (forward === undefined) throw notFound('forward');
    return forward;
  }
}

function stateOf(states: readonly ForwardState[], id: string): ForwardState {
  return states.find((state) => state.id === id) ?? { id, enabled: true, waiting: 0, dead: 0 };
}

function shown({ secret, headers, url, when, ...forward }: ConfiguredForward, state: ForwardState): object {
  const { id, on, method, body, fields, allowPersonal } = forward;
  return {
    ...{ id, on, when: when ?? null, method, url: withoutSecrets(url), headers: Object.keys(headers), body, fields },
    ...{ allowPersonal, signed: secret !== undefined, enabled: state.enabled, reason: state.reason ?? null },
    failingSince: shownTime(state.failingSince),
    lastSuccessAt: shownTime(state.lastSuccessAt),
    ...{ waiting: state.waiting, dead: state.dead },
  };
}

// Many receivers are known by a secret in the path or the query; the host tells an operator enough.
function withoutSecrets(url: string): string {
  return /^https?:\/\/[^/?#]+/.exec(url)?.[0] ?? '';
}

function shownAttempt(attempt: ForwardAttempt): object {
  const { id, orderId, event, recordId, attempt: number, at, state, httpStatus, error, durationMs } = attempt;
  return {
    ...{ id, orderId, event, recordId, attempt: number, at: shownTime(at), state },
    ...{ httpStatus: httpStatus ?? null, error: error ?? null, durationMs },
  };
}
