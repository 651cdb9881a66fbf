import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { SessionStore } from '@app/dialog';

/** A store under test. */
export interface StoreUnderTest {
  readonly store: SessionStore;
  /** Makes so much time pass for the store; without it the suite waits. */
  readonly pass?: (ms: number) => void;
  /** Called after the store was closed. */
  readonly stop?: () => Promise<void>;
}

const minute = 60_000;

/** What every {@link SessionStore} must do, as a suite of its own. */
export function sessionStoreContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`${name} as a session store`, () => {
    let made: StoreUnderTest;
    let store: SessionStore;
    const passed = async (ms: number): Promise<void> => {
      if (made.pass === undefined) await pause(ms);
      else made.pass(ms);
    };

    beforeAll(async () => {
      made = await make();
      store = made.store;
    });
    afterAll(async () => {
      await store.close();
      await made.stop?.();
    });

    comparesAndSets(() => store);
    keepsTexts(() => store);
    forgets(() => store, passed);
    keepsNotes(() => store, passed);
    remembersUnsent(() => store);
  });
}

function comparesAndSets(store: () => SessionStore): void {
  it('knows nothing of a session that was never saved', async () => {
    expect(await store().load(freshKey())).toBeUndefined();
  });

  it('creates a session only where there is none', async () => {
    const key = freshKey();
    expect(await store().save(key, 'first', 0, minute)).toBe('saved');
    expect(await store().save(key, 'second', 0, minute)).toBe('conflict');
    expect(await store().load(key)).toEqual({ version: 1, payload: 'first' });
  });

  it('replaces a session at the version that the save names', async () => {
    const key = freshKey();
    for (let version = 0; version < 12; version++) {
      expect(await store().save(key, `turn ${version + 1}`, version, minute)).toBe('saved');
    }
    expect(await store().load(key)).toEqual({ version: 12, payload: 'turn 12' });
  });

  it('refuses a save that names an older, a newer or a vanished version', async () => {
    const key = freshKey();
    for (let version = 0; version < 11; version++) await store().save(key, `turn ${version}`, version, minute);
    for (const wrong of [0, 1, 9, 10, 12, 110]) {
      expect(await store().save(key, 'mine', wrong, minute)).toBe('conflict');
    }
    expect(await store().save(freshKey(), 'mine', 3, minute)).toBe('conflict');
    expect(await store().load(key)).toEqual({ version: 11, payload: 'turn 10' });
  });

  it('answers saved to the same save again, as after an answer that was lost', async () => {
    const key = freshKey();
    await store().save(key, 'first', 0, minute);
    expect(await store().save(key, 'first', 0, minute)).toBe('saved');
    await store().save(key, 'second', 1, minute);
    expect(await store().save(key, 'second', 1, minute)).toBe('saved');
    expect(await store().save(key, 'first', 0, minute)).toBe('conflict');
    expect(await store().save(key, 'Second', 1, minute)).toBe('conflict');
    expect(await store().load(key)).toEqual({ version: 2, payload: 'second' });
  });

  it('lets one of a thousand saves of the same version win', async () => {
    const key = freshKey();
    await store().save(key, 'before', 0, minute);
    const racers = Array.from({ length: 1_000 }, (_, racer) => `racer ${racer}`);
    const outcomes = await Promise.all(racers.map((racer) => store().save(key, racer, 1, minute)));
    expect(outcomes.filter((outcome) => outcome === 'saved')).toHaveLength(1);
    expect(await store().load(key)).toEqual({ version: 2, payload: racers[outcomes.indexOf('saved')] });
  });

  it('keeps a thousand sessions apart that are saved at once', async () => {
    const keys = Array.from({ length: 1_000 }, freshKey);
    const outcomes = await Promise.all(keys.map((key) => store().save(key, `of ${key}`, 0, minute)));
    expect(new Set(outcomes)).toEqual(new Set(['saved']));
    const loaded = await Promise.all(keys.map((key) => store().load(key)));
    expect(loaded).toEqual(keys.map((key) => ({ version: 1, payload: `of ${key}` })));
  });
}

function keepsTexts(store: () => SessionStore): void {
  it.each([
    ['nothing at all', ''],
    ['colons and digits', '7:12:"a":1'],
    ['NUL and other control characters', 'a\u0000b\u0001\r\n\t\u001f\u007f\u0080'],
    ['every code unit up to 255', String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code))],
    ['scripts beyond Latin and beyond the first plane', 'Karibu ẹ̀kọ́ አማርኛ العربية 🙂𝄞'],
    ['sixty-four kilobytes', 'é'.repeat(32_768)],
  ])('gives back %s as it was', async (_, payload) => {
    const key = freshKey();
    expect(await store().save(key, payload, 0, minute)).toBe('saved');
    expect(await store().load(key)).toEqual({ version: 1, payload });
    expect(await store().save(key, payload, 0, minute)).toBe('saved');
    expect(await store().save(key, `${payload}+`, 1, minute)).toBe('saved');
    expect(await store().load(key)).toEqual({ version: 2, payload: `${payload}+` });
  });

  it.each([
    '{a}{b}',
    '}{',
    '{}',
    'ongea:{ussd:at:demo:x}y}',
    'with space',
    'line\r\nbreak',
    'nul\u0000',
    'é🙂',
    '*?[a]',
  ])('tells the key %j from its neighbours', async (odd) => {
    const stem = freshKey();
    const [key, neighbour] = [stem + odd, stem + odd + odd];
    await store().save(key, 'mine', 0, minute);
    await store().save(neighbour, 'theirs', 0, minute);
    await store().save(key, 'mine again', 1, minute);
    expect(await store().load(key)).toEqual({ version: 2, payload: 'mine again' });
    expect(await store().load(neighbour)).toEqual({ version: 1, payload: 'theirs' });
    expect(await store().load(stem)).toBeUndefined();
  });
}

function forgets(store: () => SessionStore, passed: (ms: number) => Promise<void>): void {
  it('forgets a session when its time to live is over, and may create it anew', async () => {
    const key = freshKey();
    await store().save(key, 'first', 0, 40);
    await passed(120);
    expect(await store().load(key)).toBeUndefined();
    expect(await store().save(key, 'late', 1, minute)).toBe('conflict');
    expect(await store().save(key, 'anew', 0, minute)).toBe('saved');
    expect(await store().load(key)).toEqual({ version: 1, payload: 'anew' });
  });

  it('counts the time to live from the last save', async () => {
    const key = freshKey();
    await store().save(key, 'first', 0, 500);
    expect(await store().save(key, 'second', 1, minute)).toBe('saved');
    await passed(700);
    expect(await store().load(key)).toEqual({ version: 2, payload: 'second' });
  });

  it('takes a time to live with a fraction of a millisecond', async () => {
    const key = freshKey();
    expect(await store().save(key, 'first', 0, 59_999.5)).toBe('saved');
    expect(await store().load(key)).toEqual({ version: 1, payload: 'first' });
  });
}

function keepsNotes(store: () => SessionStore, passed: (ms: number) => Promise<void>): void {
  it('reads back, overwrites and removes a note', async () => {
    const key = freshKey();
    expect(await store().readNote(key)).toBeUndefined();
    await store().writeNote(key, 'sw', minute);
    await store().writeNote(key, 'fr\u0000é🙂', minute);
    expect(await store().readNote(key)).toBe('fr\u0000é🙂');
    await store().removeNote(key);
    await store().removeNote(key);
    expect(await store().readNote(key)).toBeUndefined();
  });

  it('forgets a note when its time to live is over', async () => {
    const key = freshKey();
    await store().writeNote(key, 'sw', 40);
    await passed(120);
    expect(await store().readNote(key)).toBeUndefined();
  });

  it('keeps notes and sessions under different keys apart', async () => {
    const [session, note] = [freshKey(), freshKey()];
    await store().save(session, 'mine', 0, minute);
    await store().writeNote(note, 'sw', minute);
    await store().removeNote(note);
    expect(await store().load(session)).toEqual({ version: 1, payload: 'mine' });
    expect(await store().load(note)).toBeUndefined();
  });
}

function remembersUnsent(store: () => SessionStore): void {
  it('tells the oldest marks first, those before a time alone, and no more than were asked for', async () => {
    const [first, second, third] = [freshKey(), freshKey(), freshKey()];
    await store().markUnsent(third, 1_300);
    await store().markUnsent(first, 1_100);
    await store().markUnsent(second, 1_200);
    expect(await store().unsentBefore(1_300, 10)).toEqual([first, second]);
    expect(await store().unsentBefore(2_000, 2)).toEqual([first, second]);
    expect(await store().unsentBefore(1_100, 10)).toEqual([]);
    for (const key of [first, second, third]) await store().unmarkUnsent(key);
  });

  it('forgets a mark once it is taken away, however often it was made', async () => {
    const key = freshKey();
    await store().markUnsent(key, 1_000);
    await store().markUnsent(key, 1_500);
    expect(await store().unsentBefore(1_200, 10)).toEqual([]);
    await store().unmarkUnsent(key);
    await store().unmarkUnsent(key);
    expect(await store().unsentBefore(2_000, 10)).toEqual([]);
  });
}

function freshKey(): string {
  return `ongea:{ussd:africastalking:demo:${randomUUID()}}`;
}
