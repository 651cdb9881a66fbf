import type { CallReportDraft } from '@app/provider-kit';
import type { CallReportKeeper, Dialogs, WebhookCall } from '@app/webhook';
import { withoutKeys } from './pressed-keys.js';

/** A call that is over, as its provider tells it. */
export interface FinishedCall {
  readonly sessionId: string;
  readonly report: CallReportDraft;
}

/** Closes the sessions of calls that are over, and keeps what is told of them. */
export class FinishedCalls {
  constructor(
    private readonly dialogs: Dialogs,
    private readonly reports: CallReportKeeper,
  ) {}

  /** Rejects where the report could not be kept. */
  async keep(call: WebhookCall, { sessionId, report }: FinishedCall): Promise<void> {
    const known = await this.close(call, sessionId);
    await this.reports.keep(call, { ...report, raw: withoutKeys(report.raw) }, known);
  }

  /** Whether there was a session: one that is still open was left by its caller, and may be resumed. */
  private async close({ account, log }: WebhookCall, sessionId: string): Promise<boolean> {
    const { provider, account: name } = account;
    try {
      const status = 'incomplete';
      const { known } = await this.dialogs.ended({ channel: 'voice', provider, account: name, sessionId, status });
      return known;
    } catch (error) {
      log.error({ err: error }, 'the end of a call could not be noted');
      return false;
    }
  }
}
