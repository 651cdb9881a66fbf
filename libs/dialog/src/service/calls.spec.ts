import { describe, expect, it } from '@jest/globals';
import { callTurn, DialogTester, ScriptedEffects } from '@app/testing';
import type { TurnReply } from '../index.js';

const menu = `
dialog: test
start: home
steps:
  home:
    menu: Which crop?
    save: crop
    attempts: 9
    options: [{ label: Maize, value: maize }, { label: Beans, value: beans }]
    go: count
  count: { call: count, save: n, go: { ok: again } }
  again: { menu: "Number {{ n }}, {{ crop }}", options: [{ label: Again, go: home }, { label: Done, go: bye }] }
  bye: { end: Bye }
`;

function setUp() {
  let n = 0;
  const effects = new ScriptedEffects().on('count', () => ({ outcome: 'ok', value: ++n }));
  const tester = new DialogTester({ test: menu }, { effects });
  const call = (answers: number, heard = ''): Promise<TurnReply> =>
    tester.service.handle(callTurn(tester, answers, heard));
  return { tester, effects, call };
}

describe('a call whose turns are numbered', () => {
  it('gives a hundred repeats of a turn the same reply, and runs its effect once (#2)', async () => {
    const { tester, effects, call } = setUp();
    await call(0);
    const first = await call(1, '1');
    expect(first).toMatchObject({ texts: [expect.stringContaining('Number 1, maize')], turn: 2, outcome: 'reply' });
    expect(first.voice?.prompt).toMatchObject({ kind: 'digits' });
    for (let i = 0; i < 100; i++) {
      tester.clock.advance(20_000);
      expect(await call(1, '1')).toEqual({ ...first, outcome: 'repeat' });
    }
    expect(effects.calls).toHaveLength(1);
  });

  it('gives an answer to an earlier turn what was said last', async () => {
    const { effects, call } = setUp();
    await call(0);
    const last = await call(1, '1');
    const again = { ...last, outcome: 'repeat' };
    expect(await call(1, '2')).toEqual(again);
    expect(await call(1)).toEqual(again);
    expect(await call(7, '2')).toEqual(again);
    expect(effects.calls).toHaveLength(1);
    expect((await call(2, '1')).texts[0]).toContain('Which crop?');
  });

  it('never begins a second session when its ringing is repeated', async () => {
    const { call } = setUp();
    const ringing = await call(0);
    expect(await call(0)).toEqual({ ...ringing, outcome: 'repeat' });
    const last = await call(1, '2');
    expect(await call(0)).toEqual({ ...last, outcome: 'repeat' });
  });

  it('takes the same key twice as two answers', async () => {
    const { call } = setUp();
    await call(0);
    await call(1, '1');
    expect((await call(2, '1')).texts[0]).toContain('Which crop?');
    expect((await call(3, '1')).texts[0]).toContain('Number 2');
  });

  it('counts silence as an answer that does not fit', async () => {
    const { tester, call } = setUp();
    await call(0);
    const silent = await call(1);
    expect(silent.texts[0]).toMatch(/^I did not hear anything\./);
    expect(silent.turn).toBe(2);
    expect(tester.records.at(-1)?.trace).toMatchObject({ refused: true, input: undefined, asked: 'test/home' });
  });

  it('says goodbye to whatever comes after its end, and repeats its last words', async () => {
    const { call } = setUp();
    await call(0);
    await call(1, '1');
    const end = await call(2, '2');
    expect(end).toMatchObject({ end: true, outcome: 'end', turn: 3 });
    expect(await call(2, '2')).toEqual({ ...end, outcome: 'repeat' });
    for (const late of [call(0), call(1, '1'), call(3, '1')]) {
      expect(await late).toMatchObject({ end: true, outcome: 'goodbye', voice: { spoken: [{ kind: 'say' }] } });
    }
  });

  it('begins again, and says so, where the session is lost', async () => {
    const { call } = setUp();
    expect((await call(3, '1')).texts[0]).toMatch(/^Sorry, we lost your place\.\nWhich crop\?/);
  });

  it('leaves a tombstone when the provider says that it is over', async () => {
    const { tester, call } = setUp();
    await call(0);
    const last = await call(1, '1');
    const end = { channel: 'voice', provider: 'africastalking', account: 'demo', sessionId: 'call-1' } as const;
    expect(await tester.service.ended({ ...end, status: 'completed' })).toEqual({ known: true });
    expect(await call(1, '1')).toEqual({ ...last, end: true, outcome: 'repeat' });
    expect(await call(2, '1')).toMatchObject({ end: true, outcome: 'goodbye' });
    expect(await tester.service.ended({ ...end, sessionId: 'nobody', status: 'completed' })).toEqual({ known: false });
  });
});
