import { localNumber, parseMsisdn } from '@app/telephony';
import { Liquid } from 'liquidjs';

/** Tags that read other templates, and tags and filters whose result is not the same on a second walk. */
const removedTags = ['render', 'include', 'layout', 'block', 'tablerow', 'increment', 'decrement', 'cycle'];
/** Filters that read their argument, perhaps a caller's answer, as a template, or that draw by chance. */
const removedFilters = [
  'where_exp',
  'reject_exp',
  'group_by_exp',
  'has_exp',
  'find_index_exp',
  'find_exp',
  'sample',
  'strip_html',
];

/** Longest template, in UTF-16 units. */
export const parseLimit = 20_000;

/** The one Liquid engine: no files, own properties only, limits on time and memory. */
export const liquid = new Liquid({
  strictFilters: true,
  strictVariables: true,
  lenientIf: true,
  ownPropertyOnly: true,
  parseLimit,
  renderLimit: 500,
  memoryLimit: 200_000,
  preserveTimezones: true,
  dateFormat: '%Y-%m-%d %H:%M',
  locale: 'en',
  templates: {},
  outputEscape: asText,
});

for (const tag of removedTags) Reflect.deleteProperty(liquid.tags, tag);
for (const filter of removedFilters) liquid.unregisterFilter(filter);
liquid.registerFilter('money', (value: unknown) => fixed(value, 2));
liquid.registerFilter('fixed', fixed);
liquid.registerFilter('msisdn_local', inNationalForm);

/** What a filter may be called. */
export const filterNames: readonly string[] = Object.keys(liquid.filters);

/** The text of a value as templates show it: nothing for null, JSON for lists and maps. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return '';
  const prototype: unknown = Object.getPrototypeOf(value);
  const plain = Array.isArray(value) || prototype === null || prototype === Object.prototype;
  // What is neither is Liquid's own nil, empty or blank.
  return plain ? JSON.stringify(value) : '';
}

/** A number as it is dialled at home; what is no number stays as it is. */
function inNationalForm(value: unknown): unknown {
  const msisdn = typeof value === 'string' ? parseMsisdn(value) : undefined;
  return msisdn === undefined ? value : localNumber(msisdn);
}

/** A number with that many decimals, halves away from zero; other values stay as they are. */
function fixed(value: unknown, digits: unknown = 0): unknown {
  const number = typeof value === 'string' && value.trim() === '' ? NaN : Number(value ?? NaN);
  const places = Math.min(Math.max(Math.trunc(Number(digits)) || 0, 0), 20);
  if (!Number.isFinite(number)) return value;
  const [mantissa, exponent = '0'] = String(Math.abs(number)).split('e');
  const shifted = Math.round(Number(`${mantissa ?? '0'}e${Number(exponent) + places}`));
  const rounded = Number(`${shifted}e-${places}`);
  const text = (Number.isFinite(rounded) && shifted < 1e15 ? rounded : Math.abs(number)).toFixed(places);
  return number < 0 && Number(text) !== 0 ? `-${text}` : text;
}
