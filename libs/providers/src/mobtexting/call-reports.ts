import type { CallReportContract } from '@app/provider-kit';
import { acknowledge, readCallReport, type ReportReader } from '../call-report.js';
import type { StatusMeaning } from '../report-values.js';
import type { ReportWords } from '../report-words.js';

/** The documented words; `FAILED` is seen and not among them. RECEIVED reached the menu and was put through to nobody. */
const statuses = new Map<string, StatusMeaning>([
  ['ANSWER', { status: 'answered' }],
  ['COMPLETED', { status: 'completed' }],
  ['BUSY', { status: 'busy' }],
  ['NOANSWER', { status: 'no-answer' }],
  ['CANCEL', { status: 'cancelled' }],
  ['MISSED', { status: 'missed' }],
  ['RECEIVED', { status: 'answered' }],
  ['CONGESTION', { status: 'failed', hangupCause: 'unallocated-number' }],
  ['CHANUNAVAIL', { status: 'failed', hangupCause: 'channel-unavailable' }],
]);

/** Field names of voice broadcasts (OBD) and Click2Call (C2C); times carry no zone, the duration includes the ringing. */
const reader: ReportReader = {
  fixedNames: {
    source: 'source',
    from: 'from',
    to: 'to',
    bridge: 'bridge',
    status: 'status',
    startedAt: 'start_at',
    endedAt: 'end_at',
    durationSeconds: 'duration',
    billableSeconds: 'billing',
    campaignId: 'mid',
    flowId: 'flow_id',
    recordingUrl: 'recording_url',
  },
  direction: 'outbound',
  meaningOf: (word) => statuses.get(word.toUpperCase()),
  nameOf: campaignCall,
};

/**
 * Call reports of MOBtexting, fixed and composed; they take 200 and 202 for success, and reports have no id of their own.
 * https://github.com/mobtexting/docs, v2/reach/webhook.md and v2/voice
 */
export const mobtextingCallReports: CallReportContract = {
  parse: (request, account) => readCallReport(request, account, reader),
  acknowledge: (account) => ({ ...acknowledge(account), status: 200 }),
};

/** A campaign calls a person once at a time. */
function campaignCall(words: ReportWords): string | undefined {
  const parts = ['mid', 'to', 'start_at'].map((key) => words.under(key)?.trim());
  return parts.includes(undefined) ? undefined : parts.join(':');
}
