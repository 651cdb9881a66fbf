import { cleanRecord, word, zonedTime } from '@app/provider-kit';
import type { NoticesContract } from '@app/provider-kit';
import { withoutAbsent } from '../without-absent.js';
import { contentOf } from './envelope.js';

/** Events of other channels, such as `whatsapp:message:status`. https://github.com/mobtexting/docs, v2/event */
export const mobtextingNotices: NoticesContract = {
  read(topic, { fields }, account) {
    const occurredAt = zonedTime(word(contentOf(fields), 'timestamp') ?? '', account.timezone);
    const event = word(fields, 'event')?.slice(0, 64);
    return { notice: { topic: event ?? topic, ...withoutAbsent({ occurredAt }), raw: cleanRecord(fields) } };
  },
};
