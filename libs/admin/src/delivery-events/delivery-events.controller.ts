import { Get, Inject, Query } from '@nestjs/common';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import type { MessageQueries } from '@app/reporting';
import { deliveryStatuses, type DeliveryStatus } from '@app/telephony';
import { Scopes } from '../access/admin.guard.js';
import { Caller } from '../access/caller.js';
import type { Principal } from '../access/principal.js';
import { AdminController } from '../admin-controller.js';
import { shownDeliveryEvent } from '../messages/shown-message.js';
import { listAnswer, type ListAnswer } from '../paging/cursor.js';
import { IsSwitch } from '../paging/is-switch.js';
import { IsInstant, IsWord, ListQuery } from '../paging/list.query.js';
import { rangeOf } from '../paging/range.js';
import { timePage } from '../paging/time-page.js';
import { requirePersonal, viewOf } from '../personal/personal-view.js';
import { MESSAGES } from '../tokens.js';

class DeliveryEventsQuery extends ListQuery {
  @IsOptional()
  @IsWord()
  readonly provider?: string;

  @IsOptional()
  @IsWord()
  readonly account?: string;

  @IsOptional()
  @IsWord()
  readonly externalId?: string;

  @IsOptional()
  @IsUUID('all', { message: 'must be the id of a message' })
  readonly messageId?: string;

  @IsOptional()
  @IsIn(deliveryStatuses, { message: `must be one of ${deliveryStatuses.join(', ')}` })
  readonly status?: DeliveryStatus;

  @IsOptional()
  @IsSwitch()
  readonly unmatched?: boolean;

  @IsOptional()
  @IsInstant()
  readonly receivedAfter?: Date;

  @IsOptional()
  @IsInstant()
  readonly receivedBefore?: Date;
}

/** What providers told of messages. */
@AdminController('delivery-events')
export class DeliveryEventsController {
  constructor(@Inject(MESSAGES) private readonly messages: MessageQueries) {}

  @Get()
  @Scopes('messages:read')
  async list(
    @Query() { limit, cursor, ...asked }: DeliveryEventsQuery,
    @Caller() caller: Principal,
  ): Promise<ListAnswer<unknown>> {
    requirePersonal(caller, { externalId: asked.externalId });
    const { receivedAfter, receivedBefore, ...filter } = asked;
    const received = rangeOf(receivedAfter, receivedBefore);
    const bound = { list: 'delivery-events', ...asked };
    const page = await this.messages.events({ ...filter, received }, timePage(cursor, limit, bound));
    return listAnswer(page, bound, (event) => shownDeliveryEvent(event, viewOf(caller)));
  }
}
