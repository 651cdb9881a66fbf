import { Body, HttpCode, Inject, Post } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { DialogCatalog, type Clock } from '@app/dialog';
import { AccountBook, ProviderRegistry } from '@app/provider-kit';
import { parseMsisdn } from '@app/telephony';
import { Scopes } from '../access/admin.guard.js';
import { Caller } from '../access/caller.js';
import { auditOf, type Principal } from '../access/principal.js';
import { accountIn } from '../accounts/account-in.js';
import { AdminController } from '../admin-controller.js';
import { requireSender } from '../messages/sendable.js';
import type { Sending } from '../messages/sending.js';
import { IsWord, Trimmed } from '../paging/list.query.js';
import { numberIn } from '../personal/personal-view.js';
import { badRequest } from '../problems/problem.js';
import { ADMIN_CLOCK, SENDING } from '../tokens.js';

class NewCall {
  @IsWord()
  readonly account!: string;

  @IsOptional()
  @IsWord()
  readonly provider?: string;

  @Trimmed()
  @IsWord()
  readonly from!: string;

  @IsWord()
  readonly to!: string;

  @IsOptional()
  @IsWord()
  readonly dialog?: string;
}

/** Calls that we place. */
@AdminController('calls')
export class CallsController {
  constructor(
    @Inject(SENDING) private readonly sending: Sending,
    @Inject(AccountBook) private readonly accounts: AccountBook,
    @Inject(ProviderRegistry) private readonly providers: ProviderRegistry,
    @Inject(DialogCatalog) private readonly dialogs: DialogCatalog,
    @Inject(ADMIN_CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(202)
  @Scopes('calls:start')
  async start(@Body() wanted: NewCall, @Caller() caller: Principal): Promise<unknown> {
    const owner = accountIn(this.accounts, wanted);
    requireSender(this.providers, owner, 'call');
    const { dialog } = wanted;
    if (dialog !== undefined && this.dialogs.current(dialog) === undefined) {
      throw badRequest({ field: 'dialog', message: 'there is no such dialog' });
    }
    const { provider, account, country } = owner;
    const to = numberIn('to', wanted.to, country);
    const from = parseMsisdn(wanted.from, country) ?? wanted.from;
    const at = new Date(this.clock.now());
    const audit = auditOf(caller, 'call.started', `${provider}/${account}`, at, { dialog: dialog ?? null });
    const call = { ...{ provider, account, from, to, at }, ...(dialog === undefined ? {} : { dialog }) };
    return { id: await this.sending.call(call, audit), status: 'queued' };
  }
}
