import { createRequire } from 'node:module';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeProvider } from './fake-provider.js';

const require = createRequire(import.meta.url);

interface RealClient {
  readonly SMS: { send(params: object): Promise<unknown>; sendPremium(params: object): Promise<unknown> };
  readonly VOICE: { call(params: object): Promise<unknown> };
}

interface Hosts {
  SMS_URL: string;
  CONTENT_URL: string;
  VOICE_URL: string;
}

/** The provider's own client, its hosts pointed here. */
function realClient(url: string, apiKey = 'atsk_example'): RealClient {
  const make = require('africastalking') as (options: object) => RealClient;
  const client = make({ username: 'shamba', apiKey });
  const hosts = require('africastalking/lib/common') as Hosts;
  hosts.SMS_URL = `${url}/version1/messaging`;
  hosts.CONTENT_URL = `${url}/version1`;
  hosts.VOICE_URL = url;
  return client;
}

let fake: FakeProvider;
const callbacks: Server[] = [];

beforeEach(async () => {
  fake = await FakeProvider.start({ senders: ['SHAMBA', '44170'] });
});
afterEach(async () => {
  await fake.stop();
  for (const server of callbacks.splice(0)) server.close();
});

/** A webhook that says the same to everything; what came is kept. */
async function webhook(
  answer: (fields: URLSearchParams, path: string) => string,
): Promise<{ readonly url: string; readonly got: { readonly path: string; readonly fields: URLSearchParams }[] }> {
  const got: { path: string; fields: URLSearchParams }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const fields = new URLSearchParams(Buffer.concat(chunks).toString());
      got.push({ path: request.url ?? '', fields });
      response.end(answer(fields, request.url ?? ''));
    });
  });
  callbacks.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}?key=k`, got };
}

describe("the provider's own client", () => {
  it('sends to several people', async () => {
    const sent = await realClient(fake.url).SMS.send({
      to: ['+254700000202', '+254700000203'],
      message: 'Maize 42.50',
      from: 'SHAMBA',
    });
    expect(sent).toMatchObject({
      SMSMessageData: {
        Message: 'Sent to 2/2 Total Cost: KES 1.6000',
        Recipients: [
          { statusCode: 101, number: '+254700000202', status: 'Success', cost: 'KES 0.8000' },
          { statusCode: 101, number: '+254700000203' },
        ],
      },
    });
    expect(fake.messages.map(({ to, text }) => [to, text])).toEqual([
      ['+254700000202', 'Maize 42.50'],
      ['+254700000203', 'Maize 42.50'],
    ]);
  });

  it('answers on-demand messages', async () => {
    const params = { to: '+254700000202', from: '44170', message: 'Maize 42.50', keyword: 'price', linkId: 'Link1' };
    await expect(realClient(fake.url).SMS.sendPremium(params)).resolves.toBeDefined();
    expect(fake.messages[0]).toMatchObject({ linkId: 'Link1', from: '44170' });
  });

  it('places calls', async () => {
    const call = { callFrom: '+254711082000', callTo: ['+254700000203'], clientRequestId: 'job-1' };
    expect(await realClient(fake.url).VOICE.call(call)).toMatchObject({
      entries: [
        { phoneNumber: '+254700000203', status: 'Queued', sessionId: expect.stringMatching(/^ATVId_[0-9a-f]{32}$/) },
      ],
      errorMessage: 'None',
    });
  });

  it('reads an empty list of recipients for a sender that nobody knows', async () => {
    const sent = await realClient(fake.url).SMS.send({ to: '+254700000202', message: 'x', from: 'NOPE' });
    expect(sent).toEqual({ SMSMessageData: { Message: 'InvalidSenderId', Recipients: [] } });
  });

  it('fails with a wrong key', async () => {
    await fake.stop();
    fake = await FakeProvider.start({ apiKey: 'right' });
    await expect(realClient(fake.url, 'wrong').SMS.send({ to: '+254700000202', message: 'x' })).rejects.toMatchObject({
      response: { status: 401, data: 'The supplied authentication is invalid' },
    });
  });
});

describe('delivery reports', () => {
  const send = () => realClient(fake.url).SMS.send({ to: '+254700000202', message: 'x', from: 'SHAMBA' });

  it('come one after the other to the delivery webhook', async () => {
    const { url, got } = await webhook(() => 'OK');
    fake.reportTo(url);
    fake.behave({ reportGapMs: 1 });
    await send();
    await fake.settled();
    expect(got.map(({ path, fields }) => [path, fields.get('status'), fields.get('id')])).toEqual(
      ['Sent', 'Submitted', 'Success'].map((status) => [
        '/sms/africastalking/demo/delivery?key=k',
        status,
        fake.messages[0]!.messageId,
      ]),
    );
  });

  it('come twice and in any order when asked for', async () => {
    const { url, got } = await webhook(() => 'OK');
    fake.reportTo(url);
    fake.behave({ reportGapMs: 1, duplicateReports: true, reorderReports: true, reports: ['Sent', 'Failed'] });
    await send();
    await fake.settled();
    expect(got.map(({ fields }) => fields.get('status')).sort()).toEqual(['Failed', 'Failed', 'Sent', 'Sent']);
    expect(got.find(({ fields }) => fields.get('status') === 'Failed')!.fields.get('failureReason')).toBe(
      'DeliveryFailure',
    );
  });
});

describe('misbehaviour', () => {
  const ask = () =>
    fetch(`${fake.url}/version1/messaging`, {
      method: 'POST',
      headers: { apiKey: 'k' },
      body: new URLSearchParams({ to: '+254700000202', message: 'x' }),
    });

  it.each([
    ['401', 401, 'text/plain'],
    ['429', 429, 'text/plain'],
    ['500', 500, 'application/json'],
    ['html-500', 502, 'text/html'],
    ['html-200', 200, 'text/html'],
  ] as const)('%s is what it says, and nothing is sent', async (failure, status, contentType) => {
    fake.behave({ failure, retryAfter: 7 });
    const response = await ask();
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain(contentType);
    if (status === 429) expect(response.headers.get('retry-after')).toBe('7');
    expect(fake.messages).toEqual([]);
  });

  it.each([
    ['drop-before', 0],
    ['drop-after', 1],
  ] as const)('%s breaks the connection with %i messages sent', async (failure, sent) => {
    fake.behave({ failure });
    await expect(ask()).rejects.toThrow();
    expect(fake.messages).toHaveLength(sent);
  });

  it('ends after as many requests as were asked for', async () => {
    fake.behave({ failure: '500', failures: 2 });
    const statuses = [(await ask()).status, (await ask()).status, (await ask()).status];
    expect(statuses).toEqual([500, 500, 201]);
  });
});

it('lets a person hear a call and press keys', async () => {
  const { url, got } = await webhook((fields, path) => {
    const callback = `http://127.0.0.1:${new URL(url).port}/voice/africastalking/demo?key=k&amp;turn=1`;
    if (fields.get('dtmfDigits') === '1') return '<Response><Say>Maize &amp; more</Say></Response>';
    if (path.includes('turn=1')) return '<Response/>';
    return `<Response><GetDigits numDigits="1" callbackUrl="${callback}"><Say>Press 1</Say></GetDigits></Response>`;
  });
  fake.reportTo(url);
  fake.behave({ pressed: ['1'] });
  await realClient(fake.url).VOICE.call({ callFrom: '+254711082000', callTo: '+254700000203', clientRequestId: 'j' });
  await fake.settled();
  expect(fake.calls[0]).toMatchObject({ state: 'over', heard: ['Press 1', '> 1', 'Maize & more'] });
  expect(got.map(({ fields }) => fields.get('isActive'))).toEqual(['1', '1', '0']);
  expect(got.at(-1)!.fields.get('hangupCause')).toBe('NORMAL_CLEARING');
});
