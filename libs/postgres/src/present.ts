type Present<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** The fields that hold something: a column's NULL is an absent field outside. */
export function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  ) as Present<T>;
}
