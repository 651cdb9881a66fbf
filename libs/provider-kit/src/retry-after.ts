const httpDate = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * How long a reply's `Retry-After` asks to wait, in milliseconds; a date is counted from the reply's own `Date`. Undefined where it says
 * nothing that can be read.
 * @param headers lower-case names
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>): number | undefined {
  const value = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const [until, now] = [value, headers.date?.trim() ?? ''].map((date) =>
    httpDate.test(date) ? Date.parse(date) : NaN,
  );
  const wait = Number(until) - Number(now);
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
