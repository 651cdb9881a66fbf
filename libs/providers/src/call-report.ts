import { cleanRecord, zonedTime } from '@app/provider-kit';
import type { Account, CallReportDraft, CallReportInbound, WebhookReply, WebhookRequest } from '@app/provider-kit';
import { hangupCauseOf, type CallDirection } from '@app/telephony';
import { addressOf } from './caller.js';
import { readMoney } from './money.js';
import { directionOf, linkOf, ownMeaning, secondsOf, type StatusMeaning } from './report-values.js';
import { ReportWords, type FixedNames } from './report-words.js';
import { withoutAbsent } from './without-absent.js';

/** What a vendor's call reports are read with, beside the settings of the account. */
export interface ReportReader {
  /** Under which names they come where nobody composed them. */
  readonly fixedNames: FixedNames;
  /** Where neither payload nor settings tell. */
  readonly direction?: CallDirection;
  /** What a status means that the account says nothing about. */
  meaningOf(word: string): StatusMeaning | undefined;
  /** The vendor's own way to name a call that began at a known time and is given no id; undefined: the common way. */
  nameOf?(words: ReportWords): string | undefined;
}

/** Reads a report that may have been composed in any way; what it does not say is left out. */
export function readCallReport(request: WebhookRequest, account: Account, reader: ReportReader): CallReportInbound {
  const words = new ReportWords(request.fields, account.callReports, reader.fixedNames);
  const providerStatus = words.of('status')?.trim();
  const meaning =
    providerStatus === undefined
      ? undefined
      : (ownMeaning(account, providerStatus) ?? reader.meaningOf(providerStatus));
  if (!namesCall(words) && (meaning === undefined || words.said('status') === undefined)) {
    return { kind: 'nothing-known' };
  }
  const times = timesOf(words, account);
  const externalId =
    words.of('externalId')?.trim() ?? (times.startedAt && (reader.nameOf?.(words) ?? commonName(words)));
  const report: CallReportDraft = {
    status: meaning?.status ?? 'unknown',
    ...withoutAbsent({ providerStatus, externalId, hangupCause: causeOf(words) ?? meaning?.hangupCause }),
    ...partiesOf(words, account, reader),
    ...times,
    ...withoutAbsent({
      identity: identityOf(words, account, externalId),
      source: words.of('source')?.trim(),
      campaignId: words.of('campaignId')?.trim(),
      flowId: words.of('flowId')?.trim(),
      recordingUrl: linkOf(words.of('recordingUrl')),
      cost: readMoney(words.of('cost')?.trim(), words.of('currency')?.trim().toUpperCase()),
    }),
    final: meaning !== undefined || words.said('endedAt') !== undefined || words.said('durationSeconds') !== undefined,
    raw: cleanRecord(request.fields),
  };
  return { kind: 'reports', reports: [report] };
}

/** The answer to a report that is kept, or that says nothing we know. */
export function acknowledge({ callReports }: Account): WebhookReply {
  return callReports?.reply ?? { status: 200, contentType: 'text/plain; charset=utf-8', body: 'OK' };
}

function namesCall(words: ReportWords): boolean {
  return (['externalId', 'from', 'to', 'bridge', 'startedAt'] as const).some(
    (field) => words.said(field) !== undefined,
  );
}

function causeOf(words: ReportWords): string | undefined {
  const cause = words.of('hangupCause');
  return cause === undefined ? undefined : hangupCauseOf(cause);
}

function partiesOf(
  words: ReportWords,
  account: Account,
  { direction }: ReportReader,
): Pick<CallReportDraft, 'direction' | 'from' | 'to' | 'bridge'> {
  const address = (text: string | undefined): string | undefined => text && addressOf(text, account);
  return withoutAbsent({
    direction: directionOf(words.of('direction')) ?? direction,
    from: address(words.of('from')),
    to: address(words.of('to')),
    bridge: address(words.of('bridge')),
  });
}

/** Times and durations as they were told, whether or not they fit each other. */
function timesOf(
  words: ReportWords,
  { timezone }: Account,
): Pick<CallReportDraft, 'startedAt' | 'endedAt' | 'durationSeconds' | 'billableSeconds'> {
  return withoutAbsent({
    startedAt: zonedTime(words.of('startedAt') ?? '', timezone),
    endedAt: zonedTime(words.of('endedAt') ?? '', timezone),
    durationSeconds: secondsOf(words.of('durationSeconds')),
    billableSeconds: secondsOf(words.of('billableSeconds')),
  });
}

/** A call between these ends that began at this time; with no end, it could be any. */
function commonName(words: ReportWords): string | undefined {
  const [bridge, from, to, startedAt] = (['bridge', 'from', 'to', 'startedAt'] as const).map(
    (field) => words.said(field)?.trim() ?? '',
  );
  return from === '' && to === '' ? undefined : [bridge, from, to, startedAt].join(':');
}

/** By the keys that the account names, all of which must be there; else by the call's id. */
function identityOf(words: ReportWords, { callReports }: Account, externalId: string | undefined): string | undefined {
  const keys = callReports?.identity ?? [];
  if (keys.length === 0) return externalId;
  const values = keys.map((key) => words.under(key)?.trim());
  return values.includes(undefined) ? undefined : JSON.stringify(values);
}
