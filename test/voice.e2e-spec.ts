import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FakeProvider } from '@app/fake-provider';
import { countElements } from '@app/testing';
import type { RunningServer } from '../apps/server/src/server.js';
import { finalNotice, post, sendingAccount, shortCode } from './support/africastalking.js';
import { Cleanup } from './support/cleanup.js';
import { freshId, freshMsisdn } from './support/gateways.js';
import { hotline } from './support/hotline-dialog.js';
import { until } from './support/send.js';
import { startInProcess } from './support/server-in-process.js';
import { startServices, type Services } from './support/services.js';
import { size } from './support/size.js';
import { readCall, VoiceCall } from './support/voice-call.js';
import { workedOff } from './support/worked-off.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

const cleanup = new Cleanup();
let services: Services;
let server: RunningServer;
let network: FakeProvider;
const url = (): string => server.url;

beforeAll(async () => {
  services = await startServices(cleanup);
  network = await FakeProvider.start({ behaviour: { reportGapMs: 20 } });
  cleanup.add(() => network.stop());
  const workspace = await WorkspaceFolder.make(cleanup, {
    demo: true,
    dialogs: { hotline },
    accounts: [
      sendingAccount('demo', { api: network.url }, { voice: { default: 'shamba' }, webhookKeys: ['a key & more'] }),
      sendingAccount('office', { api: network.url }, { voice: { '+254711082000': 'hotline' } }),
    ],
  });
  server = await startInProcess(cleanup, workspace, services.settings);
  await server.parts.postgres.whenUp();
  network.reportTo(`${server.url}?key=${encodeURIComponent('a key & more')}`);
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

const key = '?key=a+key+%26+more';
const dialled = async (): Promise<VoiceCall> => {
  const call = new VoiceCall(url);
  call.heard = readCall(await call.post(`/voice/africastalking/demo${key}`, {}));
  return call;
};
const office = (number?: string): VoiceCall => new VoiceCall(url, 'office', number);
const reportsOf = (externalId: string): Promise<Record<string, unknown>[]> =>
  services.query(
    `SELECT status, matched, final, direction, from_number, to_number, duration_seconds::int AS seconds, cost_amount,
       (SELECT count(*)::int FROM call_report_payloads p WHERE p.report_id = c.id) AS history
     FROM call_reports c WHERE external_id = $1`,
    [externalId],
  );
const hangUp = (sessionId: string, fields: Record<string, string> = {}, account = 'demo'): Promise<{ body: string }> =>
  post(server.url, `/voice/africastalking/${account}${key}`, finalNotice(sessionId, fields));

describe('a call', () => {
  it('goes through the dialog of the phone, key by key, and leaves a report', async () => {
    const call = await dialled();
    expect(call.heard).toMatchObject({ actions: ['GetDigits', 'Redirect'] });
    expect(call.heard?.said).toMatch(/^Welcome to Shamba\nFor Crop prices, press 1\./);
    const [digits] = call.heard?.root.children ?? [];
    expect(digits?.attributes).toMatchObject({ numDigits: '1' });
    expect((await call.press('1')).said).toMatch(/^Which crop\?\nFor Maize, press 1\./);
    const quantity = await call.press('1');
    expect(quantity.said).toContain('How many kg do you have?');
    expect(quantity.root.children[0]?.attributes).toMatchObject({ finishOnKey: '#' });
    const end = await call.press('100#');
    expect(end).toMatchObject({ said: 'Your harvest is worth about KES 4250.00.', actions: ['Say'] });
    expect((await hangUp(call.sessionId, { callerNumber: call.msisdn })).body).toContain('<Response/>');
    expect(await reportsOf(call.sessionId)).toEqual([
      expect.objectContaining({ status: 'completed', matched: true, final: true, direction: 'inbound', seconds: 42 }),
    ]);
  });

  it('asks again after silence and after a wrong key, and gives up after three', async () => {
    const call = await dialled();
    expect((await call.press('9')).said).toMatch(/^Please choose a number from the list\.\nWelcome/);
    expect((await call.silence()).said).toMatch(/^I did not hear anything\.\nWelcome/);
    expect(await call.silence()).toMatchObject({ said: 'Thank you. Goodbye.', actions: ['Say'] });
  });

  it('is put through, and gets nothing more once somebody has picked up', async () => {
    const call = office();
    expect(await call.dial()).toMatchObject({ actions: ['Play', 'GetDigits', 'Redirect'] });
    const dial = await call.press('1');
    expect(dial.actions).toEqual(['Dial', 'Redirect']);
    expect(dial.root.children[0]?.attributes).toMatchObject({ phoneNumbers: '+254711082001' });
    expect(await call.pickedUp()).toMatchObject({ actions: [] });
    await hangUp(call.sessionId, {}, 'office');
    expect(await reportsOf(call.sessionId)).toHaveLength(1);
  });

  it('goes on where nobody takes it', async () => {
    const call = office();
    await call.dial();
    await call.press('1');
    expect((await call.silence()).said).toMatch(/^Nobody is free\.\nThe office/);
    expect((await call.press('2')).actions).toEqual(['Record', 'Redirect']);
    expect((await call.speak('https://voice.example/1.mp3')).said).toBe(
      'We have https://voice.example/1.mp3 from you.',
    );
  });

  it('to a number that nobody serves is refused', async () => {
    expect(await office('+254711089999').dial()).toMatchObject({ actions: ['Reject'] });
  });

  it('hears the same bytes when the provider repeats a hop', async () => {
    const call = office();
    await call.dial();
    await call.repeat();
    for (const hop of [
      () => call.press('1'),
      () => call.silence(),
      () => call.press('2'),
      () => call.speak('https://voice.example/2.mp3'),
    ]) {
      const { body } = await hop();
      const again = await Promise.all(Array.from({ length: 5 }, () => call.post(...(call.last ?? ['', {}]))));
      expect(again.map((answer) => answer.body)).toEqual(Array.from({ length: 5 }, () => body));
    }
  });

  it('goes one way when two different keys come at once (#3)', async () => {
    for (let i = 0; i < size(20, 1_000); i++) {
      const call = office();
      await call.dial();
      const path = call.pathOf('GetDigits');
      const answers = await Promise.all([call.post(path, { dtmfDigits: '1' }), call.post(path, { dtmfDigits: '2' })]);
      const [first, second] = answers.map((answer) => readCall(answer));
      expect(first?.body).toBe(second?.body);
      expect(['Dial', 'Record']).toContain(first?.actions[0]);
      // Either key is answered so for ever.
      expect((await call.post(path, { dtmfDigits: '1' })).body).toBe(first?.body);
    }
  });

  it('says what people say without letting it act (#44)', async () => {
    const hostile = [
      ...[
        '</Say><Dial phoneNumbers="+15550100"/><Say>',
        ']]><Reject/>',
        '&lt;b&gt;',
        '&#0;',
        '<![CDATA[x',
        '"><Play url="x',
      ],
      ...['a\u0001b\u000b', '\ud800', '\uffff', '<?xml version="1.0"?>', '<!DOCTYPE x [<!ENTITY e "y">]>&e;', '\'"&<>'],
      ...fc.sample(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), {
        numRuns: size(150, 10_000),
        seed: 44,
      }),
    ];
    const shapes = new Map<string, number>();
    for (const text of hostile) {
      const call = office();
      await call.dial();
      await call.press('2');
      const heard = await call.speak(`https://voice.example/${text}`);
      const shape = `${heard.actions.join(' ')} ${String(countElements(heard.root))}`;
      shapes.set(shape, (shapes.get(shape) ?? 0) + 1);
    }
    // What is no address, since it holds a blank, is asked for again.
    expect([...shapes.keys()].sort()).toEqual(['Record Redirect 4', 'Say 2']);
    expect(shapes.get('Say 2')).toBeGreaterThan(hostile.length / 2);
    const call = office();
    await call.dial();
    await call.press('2');
    const address = 'https://voice.example/<b>&amp;"</b>';
    expect((await call.speak(address)).said).toBe(`We have ${address} from you.`);
  }, 300_000);
});

describe('a report of a call', () => {
  it('that we never had is kept as an orphan (#9)', async () => {
    const sessionId = freshId('ATVId_orphan');
    await hangUp(sessionId);
    expect(await reportsOf(sessionId)).toEqual([expect.objectContaining({ matched: false, status: 'completed' })]);
  });

  it('that is corrected later is one record with both in its history, and a repeat adds nothing (#10)', async () => {
    const call = await dialled();
    for (const duration of ['42', '42', '57', '57']) await hangUp(call.sessionId, { durationInSeconds: duration });
    expect(await reportsOf(call.sessionId)).toEqual([expect.objectContaining({ seconds: 57, history: 2 })]);
  });

  it('comes to the event address as well, where other events are kept as they are', async () => {
    const call = await dialled();
    const events = `/voice/africastalking/demo/events${key}`;
    const transferred = { sessionId: call.sessionId, isActive: '1', callSessionState: 'Transferred' };
    expect((await post(server.url, events, transferred)).body).toBe('OK');
    expect((await post(server.url, events, finalNotice(call.sessionId))).body).toBe('OK');
    expect(await reportsOf(call.sessionId)).toEqual([expect.objectContaining({ status: 'completed', matched: true })]);
    const notices = await services.query("SELECT topic FROM notices WHERE raw ->> 'sessionId' = $1", [call.sessionId]);
    expect(notices).toEqual([{ topic: 'call-transferred' }]);
  });
});

describe('a call that we place', () => {
  async function place(dialog?: string): Promise<string> {
    const { postgres, composer } = server.parts;
    const createdAt = new Date();
    const id = composer.nextId(createdAt);
    await postgres.outbox.put([
      {
        ...{
          kind: 'call',
          id,
          provider: 'africastalking',
          account: 'demo',
          from: shortCode,
          to: freshMsisdn(),
          createdAt,
        },
        ...(dialog === undefined ? {} : { dialog }),
      },
    ]);
    return id;
  }

  it('goes to the dialog that the order names, and is reported with its order', async () => {
    network.behave({ pressed: ['4'], answersCalls: true });
    const id = await place('farm-prices');
    await until(() => network.calls.some(({ clientRequestId }) => clientRequestId === `${id}.farm-prices`));
    const call = network.calls.find(({ clientRequestId }) => clientRequestId?.startsWith(id) === true);
    await network.settled();
    expect(call?.heard.join('\n')).toMatch(/Which crop\?[^]*> 4\nTomatoes: KES 64\.80 per kg, Nairobi\./);
    await workedOff(services);
    expect(await services.query('SELECT state, external_id FROM outbox WHERE id = $1', [id])).toEqual([
      { state: 'sent', external_id: call?.sessionId },
    ]);
    expect(await reportsOf(call?.sessionId ?? '')).toEqual([
      expect.objectContaining({ status: 'completed', matched: true, direction: 'outbound', to_number: call?.to }),
    ]);
  });

  it('goes to the dialog of its number without one, and may find nobody', async () => {
    network.behave({ pressed: ['3'], answersCalls: true });
    const id = await place();
    await until(() => network.calls.some(({ clientRequestId }) => clientRequestId === id));
    await network.settled();
    const call = network.calls.find(({ clientRequestId }) => clientRequestId === id);
    expect(call?.heard.at(-1)).toBe(`Your number is ${call?.to ?? ''}.`);
    network.behave({ answersCalls: false });
    const missed = await place('farm-prices');
    await until(() => network.calls.some(({ clientRequestId }) => clientRequestId?.startsWith(missed) === true));
    await network.settled();
    const { sessionId = '' } = network.calls.at(-1) ?? {};
    expect(await reportsOf(sessionId)).toEqual([
      expect.objectContaining({ status: 'no-answer', direction: 'outbound' }),
    ]);
  });
});
