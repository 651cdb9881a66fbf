import type { Provider } from '@app/provider-kit';
import { callStatuses } from '@app/telephony';
import { acknowledge, readCallReport, type ReportReader } from '../call-report.js';
import type { StatusMeaning } from '../report-values.js';

const reader: ReportReader = { fixedNames: {}, meaningOf: ourWord };

/** Any sender of call reports: its account says how they are read and answered, and what guards the address. */
export const generic: Provider = {
  id: 'generic',
  name: 'Any sender of call reports',
  callReports: { parse: (request, account) => readCallReport(request, account, reader), acknowledge },
  accountOptions: {},
};

/** Senders that use our words need no list of statuses: `No Answer` and `NO_ANSWER` are `no-answer`. */
function ourWord(word: string): StatusMeaning | undefined {
  const ours = word.toLowerCase().replace(/[\s_-]+/g, '-');
  const status = callStatuses.find((known) => known === ours);
  return status === undefined ? undefined : { status };
}
