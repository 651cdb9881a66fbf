import type { MaskedReport } from '@app/dialog';
import { v7 as uuidv7 } from 'uuid';
import type { SessionReport, SessionReportStore } from '@app/reporting';
import type { SessionReportDraft } from '@app/provider-kit';
import type { Dialogs, WebhookCall } from '@app/webhook';

const masked = '•••';
const typedFields: ReadonlySet<string> = new Set(['input', 'text', 'ussdstring']);

/** Tells the dialog service that sessions ended, and keeps what their providers report, sensitive answers masked. */
export class SessionReportKeeper {
  constructor(
    private readonly dialogs: Dialogs,
    private readonly store: SessionReportStore,
  ) {}

  /** Rejects where the store does: the report is not kept then. */
  async keep(call: WebhookCall, draft: SessionReportDraft): Promise<void> {
    const { input, ...facts } = draft;
    const visible = (await this.end(call, draft)).input;
    await this.store.keepSessionReport({
      ...facts,
      ...(visible === undefined ? {} : { input: visible }),
      raw: maskedRaw(draft.raw, input, visible),
      id: uuidv7({ msecs: call.request.receivedAt }),
      provider: call.account.provider,
      account: call.account.account,
      receivedAt: new Date(call.request.receivedAt),
    });
  }

  /** Where nobody can tell which answers were sensitive, all of them are masked. */
  private async end(
    call: WebhookCall,
    { sessionId, serviceCode, status, input }: SessionReportDraft,
  ): Promise<MaskedReport> {
    try {
      return await this.dialogs.ended({
        channel: 'ussd',
        provider: call.account.provider,
        account: call.account.account,
        sessionId,
        ...(serviceCode === undefined ? {} : { serviceCode }),
        status,
        ...(input === undefined ? {} : { input }),
      });
    } catch (error) {
      call.log.error({ err: error }, 'the end of a session could not be noted');
      return { known: false, ...(input === undefined || input === '' ? {} : { input: masked }) };
    }
  }
}

/** The payload once more, with what was typed as it may be seen. */
function maskedRaw(
  raw: SessionReport['raw'],
  input: string | undefined,
  visible: string | undefined,
): SessionReport['raw'] {
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(raw)) {
    const isInput = input !== undefined && input !== '' && value === input;
    const isTyped = typedFields.has(name.toLowerCase()) && value !== '' && value !== null;
    copy[name] = isInput ? (visible ?? masked) : isTyped ? masked : value;
  }
  return copy;
}
