import { didYouMean } from '@app/dialog';
import { failures, type FakeProviderOptions } from '@app/fake-provider';
import { WrongUse } from '../failures.js';

/** The options of `ongea fake-provider`, as they were typed. */
export interface FakeProviderWords {
  readonly port: string;
  /** Where the webhooks are: scheme, host and port. */
  readonly webhooks: string;
  /** Their webhook key. */
  readonly key?: string;
  readonly account: string;
  readonly delay?: string;
  readonly fail?: string;
  readonly failures?: string;
  readonly retryAfter?: string;
  readonly reports?: string;
  readonly duplicateReports?: boolean;
  readonly reorderReports?: boolean;
  readonly json?: boolean;
}

/** What to start. @throws WrongUse */
export function readOptions(words: FakeProviderWords): FakeProviderOptions & { readonly webhooks: string } {
  const { account, delay, duplicateReports, fail, key, reorderReports, reports, retryAfter } = words;
  return {
    port: wholeNumber('--port', words.port, 65_535),
    webhooks: webhooksAt(words.webhooks, key),
    account,
    behaviour: {
      ...(delay === undefined ? {} : { delayMs: wholeNumber('--delay', delay, 600_000) }),
      ...(fail === undefined ? {} : { failure: failureNamed(fail) }),
      ...(words.failures === undefined ? {} : { failures: wholeNumber('--failures', words.failures, 1_000_000) }),
      ...(retryAfter === undefined ? {} : { retryAfter: wholeNumber('--retry-after', retryAfter, 86_400) }),
      ...(reports === undefined ? {} : { reports: listOf(reports) }),
      duplicateReports: duplicateReports === true,
      reorderReports: reorderReports === true,
    },
  };
}

function wholeNumber(option: string, text: string, max: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (number <= max) return number;
  throw new WrongUse(`${option} takes a whole number from 0 to ${max}, not "${text}".`);
}

function failureNamed(name: string) {
  const found = failures.find((failure) => failure === name);
  if (found !== undefined) return found;
  throw new WrongUse(`--fail knows no "${name}". ${didYouMean(name, failures)}`);
}

function webhooksAt(text: string, key: string | undefined): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new WrongUse(`--webhooks takes an address such as http://127.0.0.1:3000, not "${text}".`);
  }
  return key === undefined ? url.origin : `${url.origin}?key=${encodeURIComponent(key)}`;
}

/** `Sent,Success`; an empty text is no report at all. */
function listOf(text: string): readonly string[] {
  const words = text.split(',').map((word) => word.trim());
  return words.filter((word) => word !== '');
}
