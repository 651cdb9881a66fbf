import type { VoiceFinal } from '@app/provider-kit';
import type { CallReportKeeper, Dialogs, WebhookCall } from '@app/webhook';
import { withoutKeys } from './pressed-keys.js';

/** Closes the sessions of calls that are over, and keeps what is told of them. */
export class FinishedCalls {
  constructor(
    private readonly dialogs: Dialogs,
    private readonly reports: CallReportKeeper,
  ) {}

  /** Rejects where the report could not be kept. */
  async keep(call: WebhookCall, finished: VoiceFinal): Promise<void> {
    const { report } = finished;
    const known = await this.close(call, finished);
    await this.reports.keep(call, { ...report, raw: withoutKeys(report.raw) }, known);
  }

  /** Whether there was a session: one that is still open was left by its caller, and may be resumed, unless they were connected. */
  private async close({ account, log }: WebhookCall, { sessionId, transferred }: VoiceFinal): Promise<boolean> {
    const { provider, account: name } = account;
    try {
      const status = transferred === true ? 'completed' : 'incomplete';
      const { known } = await this.dialogs.ended({ channel: 'voice', provider, account: name, sessionId, status });
      return known;
    } catch (error) {
      log.error({ err: error }, 'the end of a call could not be noted');
      return false;
    }
  }
}
