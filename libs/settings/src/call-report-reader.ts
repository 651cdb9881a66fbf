import { callReportFields, type CallReportSettings } from '@app/provider-kit';
import { callStatuses } from '@app/telephony';
import { didYouMean } from './did-you-mean.js';
import type { Section } from './section.js';

/** Reads `callReports` of an account. */
export function readCallReports(account: Section): CallReportSettings | undefined {
  const section = account.section('callReports');
  if (section === undefined) return undefined;
  const settings: CallReportSettings = {
    fields: ourFields(section, 'fields'),
    constants: ourFields(section, 'constants'),
    statuses: statusesOf(section),
    identity: section.texts('identity'),
    ...readReply(section),
  };
  section.end();
  return settings;
}

function ourFields(section: Section, key: string): Readonly<Record<string, string>> {
  return section.textMap(key, (name) => {
    if (callReportFields.some((known) => known === name.text)) return;
    section.source.fault(name.at, `a call report has no "${name.text}"`, didYouMean(name.text, callReportFields));
  });
}

function statusesOf(section: Section): Readonly<Record<string, string>> {
  const statuses = section.textMap('statuses');
  for (const [theirs, ours] of Object.entries(statuses)) {
    if (callStatuses.some((known) => known === ours)) continue;
    const message = `"${theirs}" cannot mean "${ours}"`;
    section.source.fault(section.placeOf('statuses'), message, didYouMean(ours, callStatuses));
  }
  return statuses;
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
