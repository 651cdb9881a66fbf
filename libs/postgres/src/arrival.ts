/**
 * The millisecond that a UUIDv7 was made from, which is the arrival of what it names, so that a query reads one partition
 * alone; undefined for any other text. `to` is exclusive.
 */
export function arrivalOf(id: string): { readonly from: Date; readonly to: Date } | undefined {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(id)) return undefined;
  const at = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  const to = new Date(at + 1);
  return Number.isNaN(to.getTime()) ? undefined : { from: new Date(at), to };
}
