import type { Provider } from '@app/provider-kit';
import { africasTalkingUssd } from './ussd.js';

/** Africa's Talking signs nothing: webhook keys and address ranges have to guard its accounts. */
export const africasTalking: Provider = {
  id: 'africastalking',
  name: "Africa's Talking",
  ussd: africasTalkingUssd,
  accountOptions: {},
};
