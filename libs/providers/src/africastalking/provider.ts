import type { Provider } from '@app/provider-kit';
import { africasTalkingNotices } from './notices.js';
import { africasTalkingSend } from './send.js';
import { africasTalkingSms } from './sms.js';
import { africasTalkingUssd } from './ussd.js';
import { africasTalkingVoice } from './voice.js';

/** Africa's Talking signs nothing: webhook keys and address ranges have to guard its accounts. */
export const africasTalking: Provider = {
  id: 'africastalking',
  name: "Africa's Talking",
  ussd: africasTalkingUssd,
  sms: africasTalkingSms,
  voice: africasTalkingVoice,
  notices: africasTalkingNotices,
  send: africasTalkingSend,
  accountOptions: {
    voices: { type: 'object', description: 'the voice of each language on calls, such as en: en-US-Standard-C' },
  },
};
