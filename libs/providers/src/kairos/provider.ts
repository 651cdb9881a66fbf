import type { Provider } from '@app/provider-kit';
import { kairosUssd } from './ussd.js';

/** Kairos Afrika signs nothing: webhook keys and address ranges have to guard its accounts. */
export const kairos: Provider = {
  id: 'kairos',
  name: 'Kairos Afrika',
  ussd: kairosUssd,
  accountOptions: {
    continueMessageType: {
      type: 'string',
      description: 'messageType of a reply that waits for an answer, "0" where not set',
    },
    endMessageType: {
      type: 'string',
      description: 'messageType of a reply that closes the session, "2" where not set; ask Kairos before going live',
    },
  },
};
