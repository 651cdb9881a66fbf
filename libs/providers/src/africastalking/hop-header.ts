import type { HopMark } from '@app/provider-kit';

/** Comes back in the same header of the next request: https://developers.africastalking.com/docs/ussd/overview. */
export const hopHeader = 'at-ussd-hop-metadata';

/** At most 99 characters, no vertical bar: the bar joins the hops in the end-of-session event. */
const maxLength = 99;

const version = /^[\w-]{8}$/;
const written = /^v=1;d=([\w-]{8})(?:;l=((?:\d{1,5}(?:,\d{1,5})*)?))?(;r=1)?$/;

/** `v=1;d=3f9a02bc;l=1,5;r=1`; the lengths are left out where they do not fit. Undefined for a mark that is none. */
export function writeHopHeader(mark: HopMark): string | undefined {
  if (!version.test(mark.version)) return undefined;
  const begin = `v=1;d=${mark.version}`;
  const end = mark.resumed ? ';r=1' : '';
  if (mark.inputs !== undefined) {
    const whole = `${begin};l=${mark.inputs.join(',')}${end}`;
    if (whole.length <= maxLength && written.test(whole)) return whole;
  }
  return begin + end;
}

/** Undefined for anything that {@link writeHopHeader} did not write, such as the mark of an application before us. */
export function readHopHeader(value: string | undefined): HopMark | undefined {
  if (value === undefined || value.length > maxLength) return undefined;
  const found = written.exec(value);
  const dialogVersion = found?.[1];
  if (dialogVersion === undefined) return undefined;
  const lengths = found?.[2];
  const resumed = found?.[3] !== undefined;
  if (lengths === undefined) return { version: dialogVersion, resumed };
  return { version: dialogVersion, resumed, inputs: lengths === '' ? [] : lengths.split(',').map(Number) };
}
