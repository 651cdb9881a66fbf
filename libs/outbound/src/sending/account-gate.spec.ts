import { describe, expect, it } from '@jest/globals';
import type { SendLane } from '@app/reporting';
import { ManualClock, MemoryOutbox } from '@app/testing';
import { AccountGate, type Entry, type GateLimits } from './account-gate.js';

interface Visitor {
  readonly name: string;
  entry?: Entry;
}

class GateUnderTest {
  readonly clock = new ManualClock();
  readonly visitors: Visitor[] = [];
  readonly entered: string[] = [];
  readonly gate: AccountGate;

  constructor(
    private readonly perSecond?: number,
    limits: Partial<GateLimits> = {},
  ) {
    const work = new MemoryOutbox(this.clock.now);
    this.gate = new AccountGate({
      clock: this.clock,
      jitterMs: () => 0,
      takeToken: (rate) => work.takeToken('p', 'a', rate),
      limits: { maxInFlight: 100, maxWaiting: 100, longestWaitMs: 2_000, ...limits },
    });
  }

  come(lane: SendLane, name: string): Visitor {
    const visitor: Visitor = { name };
    this.visitors.push(visitor);
    void this.gate.enter(lane, this.perSecond).then((entry) => {
      visitor.entry = entry;
      if (entry.kind === 'go') this.entered.push(name);
    });
    return visitor;
  }

  get sentAway(): readonly [string, number][] {
    return this.visitors.flatMap(({ name, entry }): [string, number][] =>
      entry?.kind === 'later' ? [[name, entry.afterMs]] : [],
    );
  }
}

describe('the gate of an account', () => {
  it('lets everybody pass where there is no rate', async () => {
    const under = new GateUnderTest();
    for (const name of ['a', 'b', 'c']) under.come('bulk', name);
    await under.clock.pass(0);
    expect(under.entered).toEqual(['a', 'b', 'c']);
    expect(under.gate.inFlight).toBe(3);
  });

  it('lets no more pass than the rate allows, in their order', async () => {
    const under = new GateUnderTest(1);
    for (const name of ['a', 'b', 'c']) under.come('bulk', name);
    await under.clock.pass(0);
    expect(under.entered).toEqual(['a']);
    await under.clock.pass(1_000);
    expect(under.entered).toEqual(['a', 'b']);
    await under.clock.pass(1_000);
    expect(under.entered).toEqual(['a', 'b', 'c']);
  });

  it('lets a reply pass before the bulk that waits longer', async () => {
    const under = new GateUnderTest(2);
    for (const name of ['a', 'b', 'c', 'd']) under.come('bulk', name);
    await under.clock.pass(0);
    under.come('reply', 'reply');
    await under.clock.pass(500);
    expect(under.entered).toEqual(['a', 'b', 'reply']);
    await under.clock.pass(500);
    expect(under.entered).toEqual(['a', 'b', 'reply', 'c']);
  });

  it('sends away at once whoever would wait too long, each to a place of its own', async () => {
    const under = new GateUnderTest(1);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      under.come('bulk', name);
      await under.clock.pass(0);
    }
    expect(under.entered).toEqual(['a']);
    expect(under.sentAway.map(([name]) => name)).toEqual(['d', 'e', 'f']);
    const [d, e, f] = under.sentAway.map(([, afterMs]) => afterMs);
    expect(d).toBeGreaterThan(2_000);
    expect(e! - d!).toBe(1_000);
    expect(f! - e!).toBe(1_000);
  });

  it('sends bulk away that replies keep from its turn', async () => {
    const under = new GateUnderTest(1);
    for (const name of ['a', 'b']) under.come('bulk', name);
    await under.clock.pass(0);
    under.come('reply', 'first');
    under.come('reply', 'second');
    await under.clock.pass(2_000);
    expect(under.entered).toEqual(['a', 'first', 'second']);
    expect(under.sentAway.map(([name]) => name)).toEqual(['b']);
  });

  it('keeps no more waiting than it may, so that other accounts find free workers', async () => {
    const under = new GateUnderTest(undefined, { maxInFlight: 1, maxWaiting: 2 });
    for (const name of ['a', 'b', 'c', 'd']) {
      under.come('bulk', name);
      await under.clock.pass(0);
    }
    under.come('reply', 'reply');
    await under.clock.pass(0);
    expect(under.gate.waiting).toBe(3);
    expect(under.sentAway.map(([name]) => name)).toEqual(['d']);
  });

  it('lets the next one in when one has left, a reply first, and counts no leaving twice', async () => {
    const under = new GateUnderTest(undefined, { maxInFlight: 1 });
    const first = under.come('bulk', 'a');
    await under.clock.pass(0);
    under.come('bulk', 'b');
    under.come('reply', 'reply');
    await under.clock.pass(0);
    expect(under.entered).toEqual(['a']);
    if (first.entry?.kind === 'go') {
      first.entry.leave();
      first.entry.leave();
    }
    await under.clock.pass(0);
    expect(under.entered).toEqual(['a', 'reply']);
  });

  it('keeps those waiting through a short rest, and sends them away for a long one', async () => {
    const under = new GateUnderTest();
    under.gate.close(1_500);
    under.come('bulk', 'patient');
    await under.clock.pass(1_499);
    expect(under.entered).toEqual([]);
    await under.clock.pass(1);
    expect(under.entered).toEqual(['patient']);
    under.gate.close(60_000);
    under.come('reply', 'late');
    await under.clock.pass(0);
    expect(under.sentAway).toEqual([['late', 60_000]]);
  });

  it('sends those away who wait when a long rest begins', async () => {
    const under = new GateUnderTest(1);
    under.come('bulk', 'a');
    under.come('bulk', 'b');
    await under.clock.pass(0);
    under.gate.close(60_000);
    await under.clock.pass(0);
    expect(under.sentAway).toEqual([['b', 60_000]]);
    expect(under.clock.timers).toBe(0);
  });

  it('fails for all who wait when the shared rate cannot be asked', async () => {
    const clock = new ManualClock();
    const takeToken = () => Promise.reject(new Error('away'));
    const gate = new AccountGate({ clock, jitterMs: () => 0, takeToken });
    const results = await Promise.allSettled([gate.enter('bulk', 1), gate.enter('reply', 1)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(gate.waiting).toBe(0);
  });
});
