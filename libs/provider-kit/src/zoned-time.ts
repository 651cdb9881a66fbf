const written =
  /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|UTC|GMT|([+-])(\d\d):?([0-5]\d))?$/i;

/** Other years are a programming language's zero or infinity, not the time of a call or message. */
const firstYear = 1970;
const lastYear = 2199;
const dayMs = 86_400_000;

// Making one takes some hundred times as long as using it; there is one for each zone of the configuration.
const clocks = new Map<string, Intl.DateTimeFormat>();
// What comes in is mostly of the last days.
const steadyDays = new Map<string, number | undefined>();
const mostDays = 1_000;

/**
 * Reads `2026-03-04 10:31:07` (`T` for the blank, seconds and their fraction may be missing) as a clock in the zone showed it,
 * unless the text names an offset itself; 10 digits are epoch seconds, 13 epoch milliseconds. A time that the clock
 * showed twice is the first of the two, a time that it left out is as far behind the gap as it is past the gap's beginning.
 * Undefined for anything else, days that do not exist, and years before 1970 or after 2199.
 * @param timezone IANA name
 */
export function zonedTime(text: string, timezone: string): Date | undefined {
  const trimmed = text.trim();
  if (/^\d{10}(?:\d{3})?$/.test(trimmed)) return sensible(Number(trimmed) * (trimmed.length === 10 ? 1_000 : 1));
  const found = written.exec(trimmed);
  if (found === null) return undefined;
  const local = clockTime(found);
  if (local === undefined) return undefined;
  const [, , , , , , , , zone, sign, hours, minutes] = found as (string | undefined)[];
  if (zone === undefined) return new Date(instantOf(local, timezone));
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return sensible(sign === '-' ? local + offset : local - offset);
}

function sensible(epochMs: number): Date | undefined {
  const instant = new Date(epochMs);
  const year = instant.getUTCFullYear();
  return year >= firstYear && year <= lastYear ? instant : undefined;
}

/** What the clock showed, counted as if it had been in UTC. */
function clockTime(found: readonly (string | undefined)[]): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const fraction = Number(`0.${found[7] ?? '0'}`);
  const local = Date.UTC(year, month - 1, day, hour, minute, second, Math.floor(fraction * 1_000));
  const read = new Date(local);
  const exists =
    read.getUTCMonth() === month - 1 &&
    read.getUTCDate() === day &&
    read.getUTCHours() === hour &&
    minute < 60 &&
    second < 60;
  return exists && sensible(local) !== undefined ? local : undefined;
}

function instantOf(local: number, timezone: string): number {
  if (timezone === 'UTC') return local;
  // No zone changes its clock twice within two days, so one of these two offsets holds.
  const before = offsetAt(local - dayMs, timezone);
  const after = offsetAt(local + dayMs, timezone);
  const possible = [before, after]
    .map((offset) => local - offset)
    .filter((at) => at + offsetAt(at, timezone) === local);
  return possible.length === 0 ? local - before : Math.min(...possible);
}

/** How far the zone's clock is ahead of UTC, in milliseconds. */
function offsetAt(epochMs: number, timezone: string): number {
  return steadyOffset(Math.floor(epochMs / dayMs), timezone) ?? shownOffset(epochMs, timezone);
}

/** The offset of a whole day in UTC, counted from 1970; undefined for a day on which the clock changes. */
function steadyOffset(day: number, timezone: string): number | undefined {
  const name = `${timezone} ${String(day)}`;
  if (steadyDays.has(name)) return steadyDays.get(name);
  // No zone changes its clock and changes it back within one day.
  const [first, last] = [day, day + 1].map((each) => shownOffset(each * dayMs, timezone));
  const steady = first === last ? first : undefined;
  if (steadyDays.size >= mostDays) steadyDays.clear();
  steadyDays.set(name, steady);
  return steady;
}

/** As {@link offsetAt}, from the calendar itself, which takes many times as long as all else that is done with a time. */
function shownOffset(epochMs: number, timezone: string): number {
  const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of clockOf(timezone).formatToParts(epochMs)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(epochMs / 1_000) * 1_000;
}

function clockOf(timezone: string): Intl.DateTimeFormat {
  let clock = clocks.get(timezone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone: timezone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23' },
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
    clocks.set(timezone, clock);
  }
  return clock;
}
