import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { deliveryStatuses, type DeliveryStatus } from '@app/telephony';
import { IsInstant, IsWord, ListQuery, Trimmed } from '../paging/list.query.js';

/** Which messages. */
export class MessagesQuery extends ListQuery {
  @IsOptional()
  @IsWord()
  readonly provider?: string;

  @IsOptional()
  @IsWord()
  readonly account?: string;

  @IsOptional()
  @IsIn(['mo', 'mt'], { message: 'must be mo or mt' })
  readonly direction?: 'mo' | 'mt';

  @IsOptional()
  @IsIn(deliveryStatuses, { message: `must be one of ${deliveryStatuses.join(', ')}` })
  readonly status?: DeliveryStatus;

  @IsOptional()
  @IsWord()
  readonly from?: string;

  @IsOptional()
  @IsWord()
  readonly to?: string;

  @IsOptional()
  @IsWord()
  readonly number?: string;

  /** For numbers without a country code. */
  @IsOptional()
  @Matches(/^[A-Z]{2}$/, { message: 'must be two capital letters, such as KE' })
  readonly country?: string;

  @IsOptional()
  @IsWord()
  readonly externalId?: string;

  @IsOptional()
  @IsWord()
  readonly batchId?: string;

  @IsOptional()
  @IsInstant()
  readonly createdAfter?: Date;

  @IsOptional()
  @IsInstant()
  readonly createdBefore?: Date;
}

const mostRecipients = 1_000;

/** A text to be sent. */
export class NewMessages {
  @IsWord()
  readonly account!: string;

  @IsOptional()
  @IsWord()
  readonly provider?: string;

  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? [value] : value))
  @IsArray({ message: 'must be a number or a list of numbers' })
  @ArrayNotEmpty({ message: 'must name at least one number' })
  @ArrayMaxSize(mostRecipients, { message: `must not name more than ${String(mostRecipients)} numbers` })
  @IsString({ each: true, message: 'must be numbers as texts' })
  readonly to!: readonly string[];

  @IsString({ message: 'must be a text' })
  @Matches(/^$|\S/, { message: 'must be more than blanks' })
  @Length(1, 1_600, { message: 'must have 1 to 1600 characters' })
  readonly text!: string;

  @IsOptional()
  @Trimmed()
  @IsWord()
  readonly from?: string;
}
