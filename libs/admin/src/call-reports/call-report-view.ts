import type { CallReportDetail, KeptCallReport, Review, StatsGroup } from '@app/reporting';
import { onlyPersonal, shownNumber, shownText, shownTime, type View } from '../personal/masking.js';

/** A report as lists give it; `null` for whatever is not known. */
export function shownReport(report: KeptCallReport, view: View): object {
  const { id, provider, account, direction, status, cost, final, matched, raw } = report;
  return {
    ...{ id, provider, account },
    source: shownWords(report.source, view),
    ...onlyPersonal(view, { externalId: report.externalId ?? null }),
    direction: direction ?? null,
    from: shownNumber(report.from, view),
    to: shownNumber(report.to, view),
    bridge: shownNumber(report.bridge, view),
    status,
    providerStatus: shownWords(report.providerStatus, view),
    hangupCause: report.hangupCause ?? null,
    startedAt: shownTime(report.startedAt),
    endedAt: shownTime(report.endedAt),
    durationSeconds: report.durationSeconds ?? null,
    billableSeconds: report.billableSeconds ?? null,
    cost: cost === undefined ? null : { amount: cost.amount, currency: cost.currency ?? null },
    campaignId: shownWords(report.campaignId, view),
    flowId: shownWords(report.flowId, view),
    recordingUrl: shownWords(report.recordingUrl, view),
    ...{ final, matched },
    receivedAt: shownTime(report.receivedAt),
    ...onlyPersonal(view, { raw }),
    review: shownReview(report.review, view),
  };
}

/** A report with everything that is known of it. */
export function shownDetail(report: CallReportDetail, view: View): object {
  return {
    ...shownReport(report, view),
    ...onlyPersonal(view, {
      raws: report.raws.map(({ receivedAt, raw }) => ({ receivedAt: shownTime(receivedAt), raw })),
    }),
    history: report.history.map(({ replacedAt, fields }) => ({
      replacedAt: shownTime(replacedAt),
      fields: shownFields(fields, view),
    })),
    reviews: report.reviews.map((review) => shownReview(review, view)),
  };
}

export function shownGroup({ key, count, answered, ...sums }: StatsGroup, view: View): object {
  const { meanDurationSeconds, totalDurationSeconds, cost } = sums;
  return {
    key: key === null ? null : shownText(key, view),
    ...{ count, answered, answerRate: count === 0 ? 0 : answered / count },
    ...{ meanDurationSeconds, totalDurationSeconds, cost },
  };
}

function shownReview({ state, note, tags, by, at }: Omit<Review, 'version'>, view: View): object {
  return {
    state,
    note: shownWords(note, view),
    tags: tags.map((tag) => shownText(tag, view)),
    by: by ?? null,
    at: shownTime(at),
  };
}

function shownWords(text: string | undefined, view: View): string | null {
  return text === undefined ? null : shownText(text, view);
}

const numberFields: readonly string[] = ['from', 'to', 'bridge'];

function shownFields(fields: Readonly<Record<string, unknown>>, view: View): Record<string, unknown> {
  if (view.personal) return { ...fields };
  const shown = Object.entries(fields)
    .filter(([field]) => field !== 'externalId')
    .map(([field, value]) => [field, shownField(field, value, view)]);
  return Object.fromEntries(shown) as Record<string, unknown>;
}

function shownField(field: string, value: unknown, view: View): unknown {
  if (typeof value !== 'string' || field === 'startedAt' || field === 'endedAt') return value;
  return numberFields.includes(field) ? shownNumber(value, view) : shownText(value, view);
}
