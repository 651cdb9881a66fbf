/** What a composed call report may say, in our words. */
export const callReportFields = [
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

export type CallReportField = (typeof callReportFields)[number];
