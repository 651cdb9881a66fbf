import { Body, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { IsOptional, Matches } from 'class-validator';
import type { Clock } from '@app/dialog';
import { AccountBook } from '@app/provider-kit';
import type { OptOut, OptOutQueries } from '@app/reporting';
import { maskMsisdn } from '@app/telephony';
import { Scopes } from '../access/admin.guard.js';
import { Caller } from '../access/caller.js';
import { auditOf, type Principal } from '../access/principal.js';
import { accountIn } from '../accounts/account-in.js';
import { countryIn } from '../accounts/country-in.js';
import { AdminController } from '../admin-controller.js';
import { listAnswer, type ListAnswer } from '../paging/cursor.js';
import { IsWord, ListQuery, Trimmed } from '../paging/list.query.js';
import { timePage } from '../paging/time-page.js';
import { shownNumber, shownText, shownTime, type View } from '../personal/masking.js';
import { addressIn, numberIn, requirePersonal, viewOf } from '../personal/personal-view.js';
import { notFound } from '../problems/problem.js';
import { IdPipe } from '../requests/id.pipe.js';
import { ADMIN_CLOCK, OPT_OUT_QUERIES } from '../tokens.js';

class OptOutsQuery extends ListQuery {
  @IsOptional()
  @IsWord()
  readonly provider?: string;

  @IsOptional()
  @IsWord()
  readonly account?: string;

  @IsOptional()
  @IsWord()
  readonly msisdn?: string;

  @IsOptional()
  @IsWord()
  readonly address?: string;

  /** For numbers without a country code. */
  @IsOptional()
  @Matches(/^[A-Z]{2}$/, { message: 'must be two capital letters, such as KE' })
  readonly country?: string;
}

class NewOptOut {
  @IsWord()
  readonly msisdn!: string;

  @IsWord()
  readonly account!: string;

  @IsOptional()
  @IsWord()
  readonly provider?: string;

  @IsOptional()
  @Trimmed()
  @IsWord()
  readonly address?: string;

  @IsOptional()
  @Matches(/^[^\u0000\p{Cs}]{1,200}$/u, { message: 'must be 1 to 200 characters' })
  readonly reason?: string;
}

/** Who is not to be written to or called. */
@AdminController('opt-outs')
export class OptOutsController {
  constructor(
    @Inject(OPT_OUT_QUERIES) private readonly optOuts: OptOutQueries,
    @Inject(AccountBook) private readonly accounts: AccountBook,
    @Inject(ADMIN_CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Scopes('messages:send')
  async list(
    @Query() { limit, cursor, ...asked }: OptOutsQuery,
    @Caller() caller: Principal,
  ): Promise<ListAnswer<unknown>> {
    requirePersonal(caller, { msisdn: asked.msisdn });
    const filter = filterOf(asked, countryIn(this.accounts, asked));
    const bound = { list: 'opt-outs', ...asked };
    const page = await this.optOuts.list(filter, timePage(cursor, limit, bound));
    return listAnswer(page, bound, (entry) => shown(entry, viewOf(caller)));
  }

  @Post()
  @Scopes('messages:send')
  async add(@Body() wanted: NewOptOut, @Caller() caller: Principal): Promise<unknown> {
    const { provider, account, country } = accountIn(this.accounts, wanted);
    const msisdn = numberIn('msisdn', wanted.msisdn, country);
    const { reason = 'admin' } = wanted;
    const address = wanted.address === undefined ? undefined : addressIn(wanted.address, country);
    const at = new Date(this.clock.now());
    const details = { provider, account, address: address ?? null };
    const audit = auditOf(caller, 'opt-out', maskMsisdn(msisdn), at, details);
    const entry = { provider, account, msisdn, reason, at, ...(address === undefined ? {} : { address }) };
    return shown(await this.optOuts.add(entry, audit), viewOf(caller));
  }

  @Delete(':id')
  @HttpCode(204)
  @Scopes('messages:send')
  async remove(@Param('id', new IdPipe('opt-out')) id: string, @Caller() caller: Principal): Promise<void> {
    const audit = auditOf(caller, 'opt-in', id, new Date(this.clock.now()));
    if ((await this.optOuts.remove(id, audit)) === 'unknown') throw notFound('opt-out');
  }
}

type Asked = Omit<OptOutsQuery, 'limit' | 'cursor'>;

function filterOf({ provider, account, msisdn, address }: Asked, country: string | undefined) {
  return {
    ...(provider === undefined ? {} : { provider }),
    ...(account === undefined ? {} : { account }),
    ...(msisdn === undefined ? {} : { msisdn: numberIn('msisdn', msisdn, country) }),
    ...(address === undefined ? {} : { address: addressIn(address, country) }),
  };
}

function shown({ id, provider, account, address, msisdn, reason, at }: OptOut & { readonly id: string }, view: View) {
  return {
    ...{ id, provider, account, address: address ?? null },
    msisdn: shownNumber(msisdn, view),
    reason: shownText(reason, view),
    at: shownTime(at),
  };
}
