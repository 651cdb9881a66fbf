import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ActionMissing } from '@app/dialog';
import type { ActionRequest, HttpRequestOfStep } from '@app/dialog';
import { GuardedHttpClient } from '@app/outbound';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Action, ActionContext } from './action.js';
import { ActionRegistry } from './action-registry.js';
import { Effects } from './effects.js';
import { readAction } from './registered-action.js';
import type { RegisteredAction } from './registered-action.js';

const client = new GuardedHttpClient({ allowPrivate: ['127.0.0.1'], timeoutMs: 5_000 });
const servers: Server[] = [];
let logged: string[] = [];
const keep = (fields: object, message: string) => logged.push(`${message} ${JSON.stringify(fields)}`);
const log = { info: keep, warn: keep, error: keep };
const patient = new AbortController().signal;

beforeEach(() => {
  logged = [];
});

afterAll(async () => {
  await client.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

function registered(action: Action): RegisteredAction {
  const read = readAction(action, 'spec');
  if ('run' in read) return read;
  throw new Error(read.join('; '));
}

function effectsOf(run: Action['run'], more: Partial<Action> = {}): Effects {
  const action = registered({ name: 'prices.lookup', outcomes: ['ok', 'notFound'], run, ...more });
  return new Effects(new ActionRegistry([action]), client, log);
}

const request: ActionRequest = {
  action: 'prices.lookup',
  input: { crop: 'maize' },
  caller: { id: '+254700000001', msisdn: '+254700000001' },
  idempotencyKey: 'k-1',
  provider: 'africastalking',
  account: 'demo',
};

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
}

async function textOf(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message) text += String(chunk);
  return text;
}

describe('a call', () => {
  it('gives the action its input, the caller, the key, a signal, a log and fetch', async () => {
    let seen: ActionContext | undefined;
    const effects = effectsOf((context) => {
      seen = context;
      context.log.info('looked up', { crop: context.input['crop'] });
    });
    expect(await effects.call(request, patient)).toEqual({ outcome: 'ok' });
    expect(seen).toMatchObject({ input: { crop: 'maize' }, caller: request.caller, idempotencyKey: 'k-1' });
    expect(seen?.signal).toBe(patient);
    expect(logged).toEqual(['looked up {"crop":"maize","action":"prices.lookup"}']);
  });

  it('gives the action a copy of its input', async () => {
    const input = { crop: { name: 'maize' } };
    const effects = effectsOf((context) => {
      (context.input['crop'] as { name: string }).name = 'changed';
    });
    await effects.call({ ...request, input }, patient);
    expect(input.crop.name).toBe('maize');
  });

  it.each([
    [{ outcome: 'notFound' }, { outcome: 'notFound' }],
    [
      { outcome: 'ok', value: { amount: 42.5 } },
      { outcome: 'ok', value: { amount: 42.5 } },
    ],
    [{ outcome: 'error' }, { outcome: 'error' }],
    [{ amount: 42.5 }, { outcome: 'ok', value: { amount: 42.5 } }],
    ['plenty', { outcome: 'ok', value: 'plenty' }],
    [0, { outcome: 'ok', value: 0 }],
    [null, { outcome: 'ok', value: null }],
    [undefined, { outcome: 'ok' }],
  ])('reads %j', async (returned, result) => {
    expect(await effectsOf(() => returned).call(request, patient)).toEqual(result);
    expect(await effectsOf(() => Promise.resolve(returned)).call(request, patient)).toEqual(result);
  });

  it.each([
    ['an outcome that is not declared', { outcome: 'gone' }, 'an outcome that it does not declare'],
    ['an outcome that is no text', { outcome: 7 }, 'not { outcome, value? }'],
    ['more than outcome and value', { outcome: 'ok', valeu: 1 }, 'not { outcome, value? }'],
    ['a value that is not plain JSON', { outcome: 'ok', value: new Date(0) }, 'not plain JSON'],
    ['NaN', NaN, 'not plain JSON'],
  ])('comes to error for %s, and says which action it was', async (_what, returned, message) => {
    expect(await effectsOf(() => returned).call(request, patient)).toEqual({ outcome: 'error' });
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain(message);
    expect(logged[0]).toContain('"action":"prices.lookup"');
  });

  it('comes to error when the action throws, and logs no message, which may hold personal data', async () => {
    const effects = effectsOf(() => {
      throw new TypeError('no account of +254700000001');
    });
    expect(await effects.call(request, patient)).toEqual({ outcome: 'error' });
    expect(logged[0]).toContain('"action":"prices.lookup","error":"TypeError"');
    expect(logged[0]).not.toContain('254700000001');
  });

  it('comes to error for an input that does not fit, without running and without logging it', async () => {
    let runs = 0;
    const input = { type: 'object', properties: { crop: { type: 'string', maxLength: 3 } }, required: ['crop'] };
    const effects = effectsOf(() => (runs += 1), { input });
    expect(await effects.call(request, patient)).toEqual({ outcome: 'error' });
    expect(await effects.call({ ...request, input: {} }, patient)).toEqual({ outcome: 'error' });
    expect(runs).toBe(0);
    expect(logged[0]).toContain('/crop must NOT have more than 3 characters');
    expect(logged.join()).not.toContain('maize');
    expect(await effects.call({ ...request, input: { crop: 'rye' } }, patient)).toEqual({ outcome: 'ok', value: 1 });
  });

  it('#49 checks patterns of a schema in linear time, each for itself', async () => {
    const input = {
      type: 'object',
      properties: { slow: { type: 'string', pattern: '^(a+)+$' }, digits: { type: 'string', pattern: '^[0-9]+$' } },
    };
    const effects = effectsOf(() => 'fits', { input });
    const call = async (values: ActionRequest['input']) =>
      (await effects.call({ ...request, input: values }, patient)).outcome;
    expect(await call({ slow: `${'a'.repeat(50_000)}!` })).toBe('error');
    expect(await call({ slow: 'aaa', digits: '123' })).toBe('ok');
    expect(await call({ slow: 'aaa', digits: 'aaa' })).toBe('error');
  });

  it('R8 leaves an action that hangs when the signal aborts, and does not start one after that', async () => {
    let runs = 0;
    const effects = effectsOf(() => {
      runs += 1;
      return new Promise(() => undefined);
    });
    expect(await effects.call(request, AbortSignal.timeout(30))).toEqual({ outcome: 'error' });
    expect(await effects.call(request, AbortSignal.abort())).toEqual({ outcome: 'error' });
    expect(runs).toBe(1);
    expect(logged[0]).toContain('not done in time');
  });

  it('bears a failure that comes after it was left', async () => {
    const late = new AbortController();
    let fail: (error: Error) => void = () => undefined;
    const effects = effectsOf(() => new Promise((_resolve, reject) => (fail = reject)));
    const result = effects.call(request, late.signal);
    late.abort();
    expect(await result).toEqual({ outcome: 'error' });
    fail(new Error('too late'));
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('cuts the requests of an action together with the action', async () => {
    let closed: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const turn = new AbortController();
    const url = await serve((message) => {
      message.socket.on('close', closed);
      turn.abort();
    });
    const effects = effectsOf(({ fetch }) => fetch(url));
    expect(await effects.call(request, turn.signal)).toEqual({ outcome: 'error' });
    await gone;
  });

  it('#48 gives actions a fetch that reaches no private network', async () => {
    const effects = effectsOf(async ({ fetch }) => {
      const refused = await fetch('http://169.254.169.254/latest').catch((error: unknown) => error);
      return { code: (refused as { code: string }).code };
    });
    expect(await effects.call(request, patient)).toEqual({ outcome: 'ok', value: { code: 'refused-private-network' } });
  });

  it('throws ActionMissing for an action that is not there', async () => {
    const effects = effectsOf(() => 1);
    await expect(effects.call({ ...request, action: 'constructor' }, patient)).rejects.toBeInstanceOf(ActionMissing);
  });
});

describe('an http step', () => {
  const effects = new Effects(new ActionRegistry(), client, log);
  const step = (url: string, more: Partial<HttpRequestOfStep> = {}): HttpRequestOfStep => ({
    method: 'GET',
    url,
    headers: {},
    idempotencyKey: 'k-2',
    ...more,
  });

  it('sends JSON, its headers and the idempotency key, and gives back status and JSON', async () => {
    const url = await serve((message, response) => {
      void textOf(message).then((body) => {
        const { 'idempotency-key': key, 'content-type': type, 'x-token': token, accept } = message.headers;
        response.writeHead(201).end(JSON.stringify({ method: message.method, body, key, type, token, accept }));
      });
    });
    const sent = step(url, {
      method: 'POST',
      headers: { 'X-Token': 't', 'Idempotency-Key': 'not this' },
      body: { crop: 'maize', kg: 20 },
    });
    expect(await effects.http(sent, patient)).toEqual({
      outcome: '201',
      value: {
        method: 'POST',
        body: '{"crop":"maize","kg":20}',
        key: 'k-2',
        type: 'application/json',
        token: 't',
        accept: 'application/json',
      },
    });
  });

  it.each([
    [200, '{"amount":42.5}', { outcome: '200', value: { amount: 42.5 } }],
    [404, '{"error":"none"}', { outcome: '404', value: { error: 'none' } }],
    [500, '<html>', { outcome: '500' }],
    [204, '', { outcome: '204' }],
    [302, '', { outcome: '302' }],
    [200, '\ufeff[1]', { outcome: '200', value: [1] }],
    [200, '{"amount":NaN}', { outcome: '200' }],
    [200, '{"__proto__":{"admin":true},"a":1}', { outcome: '200', value: { a: 1 } }],
  ])('reads %i with %s', async (status, body, result) => {
    const url = await serve((_message, response) => response.writeHead(status, { location: '/' }).end(body));
    expect(await effects.http(step(url), patient)).toEqual(result);
  });

  it('comes to error without a usable answer, and logs no path or query', async () => {
    const url = await serve((message) => {
      if (message.url !== '/hang') message.socket.resetAndDestroy();
    });
    const tooLarge = await serve((_message, response) => response.end(Buffer.alloc(300_000)));
    expect(await effects.http(step(`${url}secret?pin=1234`), patient)).toEqual({ outcome: 'error' });
    expect(await effects.http(step(`${url}hang`), AbortSignal.timeout(30))).toEqual({ outcome: 'error' });
    expect(await effects.http(step('http://10.0.0.1/x?pin=1234'), patient)).toEqual({ outcome: 'error' });
    expect(await effects.http(step('not a url ?pin=1234'), patient)).toEqual({ outcome: 'error' });
    expect(await effects.http(step(tooLarge), patient)).toEqual({ outcome: 'error' });
    expect(logged).toHaveLength(5);
    expect(logged.join()).not.toContain('1234');
    for (const fault of ['connection-failed', 'aborted', 'refused-private-network', 'bad-url', 'too-large']) {
      expect(logged.join()).toContain(`"fault":"${fault}"`);
    }
  });
});
