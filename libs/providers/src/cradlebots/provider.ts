import type { Provider } from '@app/provider-kit';
import { cradleBotsUssd } from './ussd.js';

/** CradleBots signs nothing: webhook keys and address ranges have to guard its accounts. */
export const cradleBots: Provider = {
  id: 'cradlebots',
  name: 'CradleBots',
  ussd: cradleBotsUssd,
  accountOptions: {},
};
