import { IsIn, IsOptional } from 'class-validator';
import type { OutboxState } from '@app/reporting';
import { IsInstant, IsWord, ListQuery } from '../paging/list.query.js';

/** How an order can stand. */
export const outboxStates = ['waiting', 'sending', 'sent', 'retry', 'uncertain', 'dead'] as const;

/** Which orders. */
export class OutboxQuery extends ListQuery {
  @IsOptional()
  @IsWord()
  readonly kind?: string;

  @IsOptional()
  @IsIn(outboxStates, { message: `must be one of ${outboxStates.join(', ')}` })
  readonly state?: OutboxState;

  @IsOptional()
  @IsWord()
  readonly provider?: string;

  @IsOptional()
  @IsWord()
  readonly account?: string;

  @IsOptional()
  @IsInstant()
  readonly createdAfter?: Date;

  @IsOptional()
  @IsInstant()
  readonly createdBefore?: Date;
}
