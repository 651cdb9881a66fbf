import { describe, expect, it } from '@jest/globals';
import type { DeliveryStatus } from '@app/telephony';
import { deriveDelivery } from './delivery-state.js';
import type { DeliveryEvent } from './message.js';

let count = 0;

function event(status: DeliveryStatus, fields: Partial<DeliveryEvent> = {}): DeliveryEvent {
  count++;
  return {
    ...{ id: `0199-${String(count).padStart(4, '0')}`, provider: 'p', account: 'a', externalId: 'x', status },
    ...{ providerStatus: status.toUpperCase(), receivedAt: new Date(count), raw: {}, ...fields },
  };
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((others) => [item, ...others]));
}

describe('the state of a message', () => {
  it('is the same for every order of five statuses with repeats (#7)', () => {
    const five = (['queued', 'sent', 'sent', 'failed', 'delivered'] as const).map((status) => event(status));
    const states = permutations(five).flatMap((order) => [deriveDelivery(order), deriveDelivery([...order, ...order])]);
    expect(new Set(states.map((state) => JSON.stringify(state))).size).toBe(1);
    expect(states[0]).toEqual({ status: 'delivered', providerStatus: 'DELIVERED', finalAt: five[4]!.receivedAt });
  });

  it('does not follow from nothing', () => {
    expect(deriveDelivery([])).toBeUndefined();
  });

  it('never goes back from delivered (#7)', () => {
    expect(deriveDelivery([event('delivered'), event('failed'), event('sent')])).toMatchObject({ status: 'delivered' });
  });

  it('has the words of the first event of its rank', () => {
    const [first, second] = [event('sent', { providerStatus: 'Sent' }), event('sent', { providerStatus: 'Submitted' })];
    expect(deriveDelivery([second, first])).toEqual({ status: 'sent', providerStatus: 'Sent' });
  });

  it('has the reason of the event that decided', () => {
    const failed = event('failed', { reason: 'memory-full', providerReason: 'UserMemoryCapacityExceeded' });
    expect(deriveDelivery([event('sent'), failed])).toMatchObject({
      ...{ status: 'failed', reason: 'memory-full', providerReason: 'UserMemoryCapacityExceeded' },
    });
  });
});

describe('the state of a message in parts', () => {
  it('is delivered only once as many parts as segments are', () => {
    const [one, two] = [event('delivered', { part: 1 }), event('delivered', { part: 2 })];
    expect(deriveDelivery([one], 2)).toMatchObject({ status: 'sent', parts: { 1: 'delivered' } });
    expect(deriveDelivery([one, one], 2)).toMatchObject({ status: 'sent' });
    expect(deriveDelivery([one, two], 2)).toMatchObject({ status: 'delivered' });
  });

  it('is not delivered by parts while nobody knows how many there are', () => {
    expect(deriveDelivery([event('delivered', { part: 1 })])).toMatchObject({ status: 'sent' });
    expect(deriveDelivery([event('delivered', { part: 1 }), event('delivered')])).toMatchObject({
      status: 'delivered',
    });
  });

  it('is the same for every order, and stays at what was worst until all parts are delivered', () => {
    const told = [
      event('failed', { part: 1 }),
      event('delivered', { part: 1 }),
      event('expired', { part: 2 }),
      event('sent', { part: 3 }),
    ];
    for (const order of permutations(told)) {
      expect(deriveDelivery(order, 3)).toMatchObject({
        status: 'failed',
        parts: { 1: 'delivered', 2: 'expired', 3: 'sent' },
      });
    }
    const all = [...told, event('delivered', { part: 2 }), event('delivered', { part: 3 })];
    expect(deriveDelivery(all, 3)).toMatchObject({ status: 'delivered' });
  });
});
