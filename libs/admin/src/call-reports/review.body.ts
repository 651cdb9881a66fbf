import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, Matches } from 'class-validator';
import type { ReviewState } from '@app/reporting';
import { reviewStates } from './call-reports.query.js';

/** What a person says of a report; an absent note or list of tags stays as it is, null takes it away. */
export class ReviewBody {
  @IsIn(reviewStates, { message: `must be of ${reviewStates.join(', ')}` })
  readonly state!: ReviewState;

  // Neither NUL nor half a surrogate pair is text to a database.
  @IsOptional()
  @Matches(/^[^\u0000\p{Cs}]{0,4000}$/u, { message: 'must be a text of up to 4000 characters' })
  readonly note?: string | null;

  @IsOptional()
  @Transform(({ value }) => trimmed(value))
  @IsArray({ message: 'must be a list of texts' })
  @ArrayMaxSize(20, { message: 'must be 20 at most' })
  @Matches(/^[^\p{Cc}\p{Cs}]{1,64}$/u, { each: true, message: 'each must be 1 to 64 characters' })
  readonly tags?: readonly string[] | null;
}

function trimmed(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const list: readonly unknown[] = value;
  return [...new Set(list.map((tag) => (typeof tag === 'string' ? tag.trim() : tag)))];
}
