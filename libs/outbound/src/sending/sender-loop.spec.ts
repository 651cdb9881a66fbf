import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@app/testing';
import { SenderLoop } from './sender-loop.js';

function loopWith(sweep: (now: Date) => Promise<unknown>) {
  const clock = new ManualClock();
  const faults: unknown[] = [];
  const counted = (now: Date) => sweep(now).then(() => ({ abandoned: 0, woken: 0 }));
  const loop = new SenderLoop({ sweep: counted }, { fault: (error) => faults.push(error) }, clock);
  return { clock, faults, loop };
}

describe('the loop of the sender', () => {
  it('sweeps at once and every 5 s, until it is stopped', async () => {
    const sweeps: number[] = [];
    const { clock, loop } = loopWith((now) => Promise.resolve(sweeps.push(now.getTime())));
    const begun = clock.now();
    loop.start();
    loop.start();
    await clock.pass(10_000);
    await loop.stop();
    await clock.pass(60_000);
    expect(sweeps.map((at) => at - begun)).toEqual([0, 5_000, 10_000]);
  });

  it('goes on after a sweep that failed, and tells of it', async () => {
    const { clock, loop, faults } = loopWith(() => Promise.reject(new Error('away')));
    loop.start();
    await clock.pass(5_000);
    await loop.stop();
    expect(faults).toHaveLength(2);
  });

  it('never sweeps twice at once, and stops when the sweep under way is done', async () => {
    let finish: () => void = () => undefined;
    let sweeps = 0;
    const { clock, loop } = loopWith(() => {
      sweeps += 1;
      return new Promise<void>((done) => {
        finish = done;
      });
    });
    loop.start();
    await clock.pass(30_000);
    expect(sweeps).toBe(1);
    let stopped = false;
    const stopping = loop.stop().then(() => {
      stopped = true;
    });
    await clock.pass(0);
    expect(stopped).toBe(false);
    finish();
    await stopping;
    await clock.pass(30_000);
    expect(sweeps).toBe(1);
  });
});
