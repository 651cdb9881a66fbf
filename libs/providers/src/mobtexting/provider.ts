import type { Provider } from '@app/provider-kit';
import { mobtextingBearer } from './bearer.js';
import { mobtextingCallReports } from './call-reports.js';
import { answerChallenge } from './challenge.js';
import { mobtextingNotices } from './notices.js';
import { mobtextingSend } from './send.js';
import { mobtextingSms } from './sms.js';

/** MOBtexting of India: call reports, incoming messages and delivery reports; places calls that its own flows speak in. */
export const mobtexting: Provider = {
  id: 'mobtexting',
  name: 'MOBtexting',
  signature: mobtextingBearer,
  challenge: answerChallenge,
  sms: mobtextingSms,
  callReports: mobtextingCallReports,
  notices: mobtextingNotices,
  send: mobtextingSend,
  accountOptions: {
    flow: { type: 'string', description: 'number of the flow that speaks to people who are called, such as 31' },
    broadcast: { type: 'boolean', description: 'call by a voice broadcast (OBD) instead of Click2Call' },
    webhookId: { type: 'string', description: 'id of the webhook that takes the reports of our calls' },
  },
};
