import { describe, expect, it } from '@jest/globals';
import {
  AwayStore,
  DialogTester,
  ScriptedEffects,
  orderDialog,
  setUpOrders,
  walkThrough,
  type Phone,
} from '@app/testing';

describe('sensitive answers', () => {
  it('are given to the action, and are nowhere readable (#56)', async () => {
    const { tester } = setUpOrders();
    const written: string[] = [];
    const spy = new AwayStore(tester.sessions, (text) => written.push(text));
    const watched = new DialogTester(
      { test: orderDialog },
      { sessions: spy, effects: tester.effects, ledger: tester.ledger },
    );
    const phone = watched.phone();
    await walkThrough(phone, '2', '6789');
    expect(phone.screen).toMatch(/^Paid/);
    expect(tester.effects.calls.at(-1)?.input).toEqual({ pin: '6789' });
    expect(written.join('\n')).not.toContain('6789');
    expect(JSON.stringify([...tester.ledger.entries])).not.toContain('6789');
    await phone.answer('1');
    expect(await phone.repeat()).toMatchObject({ outcome: 'repeat' });
  });

  it('are nowhere readable in dialogs that are run, in variables made from them, when refused, gone back to or resumed', async () => {
    const main = `
dialog: test
start: name
resume: ask
steps:
  name: { ask: Name?, save: name, go: inner }
  inner: { run: sub, with: { given: "{{ name }}" }, save: result, go: after }
  after: { menu: "{{ result.copy }}|{{ result.pin }}|{{ result.given }}", options: [{ label: Go, go: bye }] }
  bye: { end: "Bye {{ result.list }}" }
`;
    const sub = `
dialog: sub
start: pin
steps:
  pin: { ask: PIN?, type: pin, save: pin, go: copy }
  copy: { set: { copy: "x{{ pin }}", list: ["{{ pin }}", 1] }, go: check }
  check: { run: deep, with: { secret: "{{ copy }}" }, go: fin }
  fin: { end: "Thanks {{ pin }}{{ copy }}." }
`;
    const deep = `
dialog: deep
start: check
steps:
  check: { call: check, with: { secret: "{{ secret }}" }, go: ask }
  ask: { menu: "Sure{{ secret }}?", options: [{ label: Sure, go: fin }] }
  fin: { end: Checked. }
`;
    const written: string[] = [];
    const sessions = new AwayStore(setUpOrders().tester.sessions, (text) => written.push(text));
    const effects = new ScriptedEffects().on('check', () => ({ outcome: 'ok' }));
    const tester = new DialogTester({ test: main, sub, deep }, { sessions, effects });
    const phone = tester.phone();
    expect(await walkThrough(phone, 'Ann', '67890', '6789')).toBe('Sure?\n1. Sure');
    expect(effects.calls[0]?.input).toEqual({ secret: 'x6789' });
    expect((await phone.answer('0')).screen).toBe('PIN?');
    await phone.answer('6789');
    await phone.dial();
    await phone.answer('1');
    expect((await phone.answer('1')).screen).toBe('Checked.\nThanks .\n||Ann\n1. Go');
    expect((await phone.answer('1')).screen).toBe('Bye ');
    expect(written.length).toBeGreaterThan(8);
    expect(written.join('\n')).not.toMatch(/6789/);
    expect(JSON.stringify([...tester.ledger.entries])).not.toContain('6789');
    const latest = tester.phone({ kind: 'latest' });
    await walkThrough(latest, 'Ann', '67890', '6789', '0');
    expect(written.join('\n')).not.toMatch(/6789/);
  });

  it('are masked in what the provider tells of the session, and all of it where the session is not known', async () => {
    const { tester } = setUpOrders();
    const phone = tester.phone();
    await walkThrough(phone, '2', '6789');
    const end = { channel: 'ussd', provider: 'africastalking', account: 'demo', status: 'incomplete' } as const;
    const sessionId = phone.lastTurn?.sessionId as string;
    expect(await tester.service.ended({ ...end, sessionId, input: '2*6789*1' })).toEqual({
      known: true,
      input: '2*•••*1',
    });
    expect(await tester.service.ended({ ...end, sessionId: 'other', input: '2*6789' })).toEqual({
      known: false,
      input: '•••',
    });
    await phone.sendHistory('2*6789*1');
    expect(phone.reply?.outcome).toBe('goodbye');
  });

  it('are masked while they are being asked for', async () => {
    const { tester } = setUpOrders();
    const phone = tester.phone();
    await walkThrough(phone, '2');
    const sessionId = phone.lastTurn?.sessionId as string;
    const end = { channel: 'ussd', provider: 'africastalking', account: 'demo', status: 'failed', sessionId } as const;
    expect(await tester.service.ended({ ...end, input: '2*6789' })).toEqual({ known: true, input: '2*•••' });
  });
});

describe('what a provider tells of a session', () => {
  const end = { channel: 'ussd', provider: 'africastalking', account: 'demo', status: 'completed' } as const;
  const login = `
dialog: test
start: pin
steps:
  pin: { ask: PIN?, type: pin, save: pin, go: home }
  home: { menu: Home, options: [{ label: Again, go: pin }, { label: Leave, go: bye }] }
  bye: { end: Bye }
`;
  const told = async (tester: DialogTester, phone: Phone, input: string): Promise<string | undefined> =>
    (await tester.service.ended({ ...end, sessionId: phone.lastTurn?.sessionId as string, input })).input;

  it('is masked from its first answer on where that is sensitive, also a refused one', async () => {
    const { tester } = setUpOrders(login);
    const phone = await tester.phone().dial();
    expect(await told(tester, phone, '6789')).toBe('•••');
    const other = tester.phone();
    await walkThrough(other, '12', '6789', '2');
    expect(await told(tester, other, '12*6789*2')).toBe('•••*•••*2');
  });

  it('is masked for an hour beyond the session, and what came after it was last seen with it', async () => {
    const { tester, clock } = setUpOrders(login);
    const phone = tester.phone();
    await walkThrough(phone, '6789', '1');
    clock.advance(180_000 + 3_590_000);
    expect(await told(tester, phone, '6789*1')).toBe('•••*1');
    expect(await told(tester, phone, '6789*1*6789*2')).toBe('•••*1*•••');
  });

  it('is masked where the session did not hear of it', async () => {
    const { tester } = setUpOrders();
    const phone = tester.phone();
    await walkThrough(phone, '1');
    expect(await told(tester, phone, '1*maize*2*6789')).toBe('1*maize*•••');
    const other = tester.phone();
    await walkThrough(other, '1');
    expect(await told(tester, other, '2*6789')).toBe('•••');
    const over = tester.phone();
    await walkThrough(over, '3');
    expect(await told(tester, over, '3*6789')).toBe('3*•••');
  });

  it('is masked as a whole where nobody knows any more what was asked', async () => {
    const { tester } = setUpOrders(login);
    const phone = await tester.phone().dial();
    const forgetful = new DialogTester({ test: orderDialog }, { sessions: tester.sessions });
    expect(await told(forgetful, phone, '6789')).toBe('•••');
  });
});

describe('resuming', () => {
  const resuming = (how: string): string => orderDialog.replace('start: home', `start: home\nresume: ${how}`);

  it('asks a caller who dials again, and goes on', async () => {
    const { tester } = setUpOrders(resuming('ask'));
    const phone = tester.phone();
    await walkThrough(phone, '1', 'maize');
    await phone.dial();
    expect(phone.screen).toBe('Continue where you stopped?\n1. Continue\n2. Start again');
    expect(phone.reply?.hop?.resumed).toBe(true);
    expect((await phone.answer('1')).screen).toMatch(/^Order 1 of maize/);
    expect((await phone.answer('2')).screen).toBe('Bye');
    expect((await phone.dial()).screen).toMatch(/^Home/);
  });

  it('starts again when asked to, or continues unasked', async () => {
    const { tester } = setUpOrders(resuming('ask'));
    const phone = tester.phone();
    await walkThrough(phone, '1');
    await phone.dial();
    expect((await phone.answer('2')).screen).toMatch(/^Home/);
    const other = setUpOrders(resuming('continue')).tester.phone();
    await walkThrough(other, '1');
    expect((await other.dial()).screen).toBe('Crop?');
  });

  it('rebuilds a resumed session from the state that it was resumed from', async () => {
    const { tester } = setUpOrders(resuming('ask'));
    const phone = tester.phone();
    await walkThrough(phone, '1', 'maize');
    await phone.dial();
    await phone.answer('1');
    expect((await phone.answer('1')).screen).toBe('Crop?');
    tester.clock.advance(181_000);
    await phone.answer('beans');
    expect(phone.screen).toMatch(/^Order 2 of beans/);
    expect(phone.reply?.outcome).toBe('rebuilt');
  });

  it('forgets after the time that the dialog gives', async () => {
    const { tester, clock } = setUpOrders(resuming('ask'));
    const phone = tester.phone();
    await walkThrough(phone, '1');
    clock.advance(180_000 + 600_001);
    expect((await phone.dial()).screen).toMatch(/^Home/);
  });

  it('never resumes a shortcut', async () => {
    const { tester } = setUpOrders(resuming('ask'));
    const phone = tester.phone();
    await walkThrough(phone, '1');
    expect((await phone.dial('1')).screen).toBe('Crop?');
  });
});
