import type { ForwardedRecord } from '@app/reporting';
import { shownReport } from '../call-reports/call-report-view.js';
import { shownDeliveryEvent } from '../messages/shown-message.js';
import { shownSessionReport } from '../session-reports/shown-session-report.js';

/** A record that is sent on, as the lists of this API give it to a key that has `pii:read` or not. */
export function shownRecord(found: ForwardedRecord, personal: boolean): Readonly<Record<string, unknown>> {
  return { ...shownObject(found, personal) };
}

function shownObject(found: ForwardedRecord, personal: boolean): object {
  switch (found.event) {
    case 'call-report':
      return shownReport(found.record, { personal });
    case 'delivery-event':
      return shownDeliveryEvent(found.record, { personal });
    case 'session-end':
      return shownSessionReport(found.record, { personal });
  }
}
