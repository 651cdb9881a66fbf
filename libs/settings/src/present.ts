type Present<Values> = { [Name in keyof Values]?: Exclude<Values[Name], undefined> };

/** The values that are there: absent ones lose their names, as optional properties want it. */
export function present<Values extends object>(values: Values): Present<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<Values>;
}
