import { didYouMean } from './did-you-mean.js';
import type { Section } from './section.js';

/** What a call report may say, in our words. */
const fieldNames = [
  'externalId',
  'from',
  'to',
  'bridge',
  'direction',
  'status',
  'hangupCause',
  'startedAt',
  'endedAt',
  'durationSeconds',
  'billableSeconds',
  'campaignId',
  'flowId',
  'source',
  'recordingUrl',
  'cost',
  'currency',
] as const;

/** How an account's composed call reports are read. */
export interface CallReportSettings {
  /** Our field → their key. */
  readonly fields: Readonly<Record<string, string>>;
  /** Our field → what it always is. */
  readonly constants: Readonly<Record<string, string>>;
  /** Their status → ours. */
  readonly statuses: Readonly<Record<string, string>>;
  /** Their keys that make a report the same report. */
  readonly identity: readonly string[];
  readonly reply?: { readonly status: number; readonly body: string; readonly contentType: string };
}

/** Reads `callReports` of an account. */
export function readCallReports(account: Section): CallReportSettings | undefined {
  const section = account.section('callReports');
  if (section === undefined) return undefined;
  const settings: CallReportSettings = {
    fields: ourFields(section, 'fields'),
    constants: ourFields(section, 'constants'),
    statuses: section.textMap('statuses'),
    identity: section.texts('identity'),
    ...readReply(section),
  };
  section.end();
  return settings;
}

function ourFields(section: Section, key: string): Readonly<Record<string, string>> {
  return section.textMap(key, (name) => {
    if (fieldNames.some((known) => known === name.text)) return;
    section.source.fault(name.at, `a call report has no "${name.text}"`, didYouMean(name.text, fieldNames));
  });
}

function readReply(section: Section): Pick<CallReportSettings, 'reply'> {
  const reply = section.section('reply');
  if (reply === undefined) return {};
  const read = {
    status: reply.number('status', { min: 200, max: 299, whole: true }) ?? 200,
    body: reply.text('body') ?? '',
    contentType: reply.text('contentType') ?? 'text/plain',
  };
  reply.end();
  return { reply: read };
}
