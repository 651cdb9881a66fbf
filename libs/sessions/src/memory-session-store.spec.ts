import { describe, expect, it } from '@jest/globals';
import { MemorySessionStore } from './memory-session-store.js';

describe('the session store in memory', () => {
  it('sweeps out what has run out while it goes on writing', async () => {
    let now = 0;
    const store = new MemorySessionStore({ now: () => now });
    for (let index = 0; index < 1_000; index++) await store.save(`old ${index}`, 'x', 0, 1_000);
    expect(store.size).toBe(1_000);
    now = 1_000;
    for (let index = 0; index < 200; index++) await store.save(`new ${index}`, 'x', 0, 1_000);
    expect(store.size).toBe(200);
  });

  it('never holds much more than what is alive, however long it runs', async () => {
    let now = 0;
    const store = new MemorySessionStore({ now: () => now });
    let most = 0;
    for (let index = 0; index < 20_000; index++) {
      now += 1;
      await store.save(`session ${index}`, 'x', 0, 100);
      most = Math.max(most, store.size);
    }
    expect(most).toBeLessThan(200);
  });

  it('is always up', async () => {
    const store = new MemorySessionStore();
    expect(store.state()).toEqual({ kind: 'up' });
    expect(await store.waitUntilUp()).toBe(true);
  });
});
