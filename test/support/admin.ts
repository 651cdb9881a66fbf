import { send, type Answer } from './send.js';

/** The key of the environment of test servers that need one. */
export const environmentKey = 'the-admin-key-of-the-tests-0123456789';

/** What an answer of the admin API says. */
export interface AdminAnswer extends Answer {
  readonly json: Record<string, unknown>;
}

export interface AdminRequest {
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks the admin API; a body is sent as JSON, a text or bytes as they are. */
export async function ask(url: string, method: string, path: string, request: AdminRequest = {}): Promise<AdminAnswer> {
  const { key = environmentKey, body, headers = {} } = request;
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  const authorization: Record<string, string> = key === '' ? {} : { authorization: `Bearer ${key}` };
  const answer = await send(url, path, { method, body: text, headers: { ...type, ...authorization, ...headers } });
  const isJson = /^application\/(?:problem\+)?json/.test(answer.contentType ?? '') && answer.body !== '';
  return { ...answer, json: isJson ? (JSON.parse(answer.body) as Record<string, unknown>) : {} };
}

/** Makes a key with these scopes; resolves to the key itself and its id. */
export async function makeKey(
  url: string,
  scopes: readonly string[],
): Promise<{ readonly key: string; readonly id: string }> {
  const { status, json, body } = await ask(url, 'POST', '/admin/v1/keys', { body: { name: 'of a test', scopes } });
  if (status !== 201) throw new Error(body);
  return { key: String(json['key']), id: String(json['id']) };
}
