/** Where a page begins: behind the record with this sort value and id. */
export interface PagePosition {
  /** The sort value as text: ISO 8601 for times, digits for numbers. */
  readonly value: string;
  readonly id: string;
}

/** Which page of a list is wanted. */
export interface PageRequest {
  readonly limit: number;
  /** Absent: the first page. */
  readonly from?: { readonly position: PagePosition; readonly towards: 'next' | 'previous' };
}

/** Some records of a list in its order, and where to go on; absent: nothing more that way. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: PagePosition;
  readonly previous?: PagePosition;
}

/** From inclusive, to exclusive. */
export interface TimeRange {
  readonly after?: Date;
  readonly before?: Date;
}
