import { IsIn, IsOptional } from 'class-validator';
import type { InboxState } from '@app/reporting';
import { IsInstant, IsWord, ListQuery } from '../paging/list.query.js';

export const inboxStates: readonly InboxState[] = ['rejected', 'failed', 'kept', 'replayed'];

/** Which records of the inbox. */
export class InboxQuery extends ListQuery {
  @IsOptional()
  @IsIn(inboxStates, { message: `must be one of ${inboxStates.join(', ')}` })
  readonly state?: InboxState;

  @IsOptional()
  @IsWord()
  readonly provider?: string;

  @IsOptional()
  @IsWord()
  readonly account?: string;

  @IsOptional()
  @IsWord()
  readonly route?: string;

  @IsOptional()
  @IsInstant()
  readonly receivedAfter?: Date;

  @IsOptional()
  @IsInstant()
  readonly receivedBefore?: Date;
}
