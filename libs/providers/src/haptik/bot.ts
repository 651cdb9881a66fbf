import { cleanRecord, PayloadRejected, record, word } from '@app/provider-kit';
import type { BotContract, BotInbound, BotTurn, Fields } from '@app/provider-kit';
import { readEntities } from './entities.js';
import { renderMessages } from './messages.js';

const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Webhook</title></head>
<body><p>This address answers the calls of a bot.</p></body></html>
`;

/**
 * Haptik's node webhook ("custom code"), answered within 30 s, and its platform events, told apart by `event_name`.
 * https://github.com/hellohaptik/docs_haptik
 */
export const haptikBot: BotContract = {
  deadlineMs: 28_000,
  parse({ fields }): BotInbound {
    const topic = word(fields, 'event_name');
    if (topic !== undefined) return { kind: 'notice', notice: { topic, ...timeOf(fields), raw: cleanRecord(fields) } };
    const node = word(fields, 'node');
    if (node === undefined) throw new PayloadRejected('node-missing', 'node');
    return { kind: 'turn', turn: { node, ...personOf(fields), ...saidIn(fields) } };
  },
  render: (reply, account) => renderMessages(reply, account.options.richChoices === true),
  reject: (text) => ({ ...renderMessages({ texts: [text], failed: true }, false), status: 400 }),
  acknowledgeNotice: () => ({ status: 200, contentType: 'text/plain; charset=utf-8', body: 'OK' }),
  page: () => ({ status: 200, contentType: 'text/html; charset=utf-8', body: page }),
};

function timeOf(fields: Fields): { occurredAt?: Date } {
  const timestamp = word(fields, 'timestamp') ?? '';
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(timestamp)) return {};
  const occurredAt = new Date(timestamp);
  return Number.isNaN(occurredAt.getTime()) ? {} : { occurredAt };
}

/** Newer calls carry a user id and number their conversations; the old page knows the user name alone. */
function personOf(fields: Fields): Pick<BotTurn, 'conversation' | 'caller' | 'language'> {
  const user = record(fields, 'user') ?? {};
  const id = word(user, 'user_id') ?? word(user, 'auth_id') ?? word(user, 'user_name');
  if (id === undefined) throw new PayloadRejected('user-missing', 'user');
  const name = word(user, 'full_name');
  const language = word(user, 'language_code') ?? word(fields, 'language_code');
  return {
    conversation: conversationOf(id, word(fields, 'conversation_no')),
    caller: { id, ...(name === undefined ? {} : { name }) },
    ...(language === undefined ? {} : { language }),
  };
}

/** The id is escaped, so that no user's id can look like the numbered conversation of another one. */
function conversationOf(id: string, conversationNumber: string | undefined): string {
  const user = encodeURIComponent(id);
  return conversationNumber === undefined ? user : `${user}/${encodeURIComponent(conversationNumber)}`;
}

function saidIn(fields: Fields): Pick<BotTurn, 'text' | 'entities' | 'allEntities'> {
  const { message, entities, allEntities } = readEntities(record(fields, 'entities'));
  return { entities, allEntities, ...(message === undefined ? {} : { text: message }) };
}
