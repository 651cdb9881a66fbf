import { Body, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Clock } from '@app/dialog';
import { AccountBook, ProviderRegistry } from '@app/provider-kit';
import type { MessageFilter, MessageQueries } from '@app/reporting';
import { Scopes } from '../access/admin.guard.js';
import { Caller } from '../access/caller.js';
import { auditOf, type Principal } from '../access/principal.js';
import { accountIn } from '../accounts/account-in.js';
import { countryIn } from '../accounts/country-in.js';
import { AdminController } from '../admin-controller.js';
import { listAnswer, type ListAnswer } from '../paging/cursor.js';
import { rangeOf } from '../paging/range.js';
import { timePage } from '../paging/time-page.js';
import { shownNumber } from '../personal/masking.js';
import { addressIn, numberIn, requirePersonal, viewOf } from '../personal/personal-view.js';
import { notFound } from '../problems/problem.js';
import { IdPipe } from '../requests/id.pipe.js';
import { ADMIN_CLOCK, MESSAGES, SENDING } from '../tokens.js';
import { MessagesQuery, NewMessages } from './messages.dto.js';
import { numbersIn, requireSender } from './sendable.js';
import type { Sending } from './sending.js';
import { shownDeliveryEvent, shownMessage } from './shown-message.js';

/** What people wrote to us, and what was written to them. */
@AdminController('messages')
export class MessagesController {
  constructor(
    @Inject(MESSAGES) private readonly messages: MessageQueries,
    @Inject(SENDING) private readonly sending: Sending,
    @Inject(AccountBook) private readonly accounts: AccountBook,
    @Inject(ProviderRegistry) private readonly providers: ProviderRegistry,
    @Inject(ADMIN_CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Scopes('messages:read')
  async list(
    @Query() { limit, cursor, ...asked }: MessagesQuery,
    @Caller() caller: Principal,
  ): Promise<ListAnswer<unknown>> {
    const { from, to, number, externalId } = asked;
    // Ids of some providers hold the number.
    requirePersonal(caller, { from, to, number, externalId });
    const bound = { list: 'messages', ...asked };
    const page = await this.messages.list(
      filterOf(asked, countryIn(this.accounts, asked)),
      timePage(cursor, limit, bound),
    );
    return listAnswer(page, bound, (message) => shownMessage(message, viewOf(caller)));
  }

  @Get(':id')
  @Scopes('messages:read')
  async get(@Param('id', new IdPipe('message')) id: string, @Caller() caller: Principal): Promise<unknown> {
    const message = await this.messages.get(id);
    if (message === undefined) throw notFound('message');
    const view = viewOf(caller);
    const events = message.events.map((event) => shownDeliveryEvent(event, view));
    return { ...shownMessage(message, view), events };
  }

  /** Who opted out is among them: the sender finds that out, since it may change until then. */
  @Post()
  @HttpCode(202)
  @Scopes('messages:send')
  async send(@Body() wanted: NewMessages, @Caller() caller: Principal): Promise<unknown> {
    const owner = accountIn(this.accounts, wanted);
    requireSender(this.providers, owner, 'message');
    const to = numbersIn('to', wanted.to, owner.country);
    const { text, from } = wanted;
    const { provider, account } = owner;
    const at = new Date(this.clock.now());
    const batchId = uuidv7({ msecs: at.getTime() });
    const audit = auditOf(caller, 'message.sent', batchId, at, { provider, account, numbers: to.length });
    const message = { ...{ provider, account, to, text, batchId, at }, ...(from === undefined ? {} : { from }) };
    const sent = await this.sending.message(message, audit);
    const view = viewOf(caller);
    return {
      batchId,
      messages: sent.map((each) => ({ id: each.id, to: shownNumber(each.to, view), status: 'queued' })),
    };
  }
}

type Asked = Omit<MessagesQuery, 'limit' | 'cursor'>;

function filterOf(
  { from, to, number, country: _country, createdAfter, createdBefore, ...others }: Asked,
  country: string | undefined,
): MessageFilter {
  return {
    ...others,
    ...(from === undefined ? {} : { from: addressIn(from, country) }),
    ...(to === undefined ? {} : { to: addressIn(to, country) }),
    ...(number === undefined ? {} : { number: numberIn('number', number, country) }),
    created: rangeOf(createdAfter, createdBefore),
  };
}
