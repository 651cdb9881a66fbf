import { MemoryOptOuts, MemoryOutbox } from './memory-outbox.js';
import { outboxContract } from './outbox-contract.js';

outboxContract('the outbox in memory', () => {
  const outbox = new MemoryOutbox();
  return Promise.resolve({
    ...{ outbox, work: outbox, optOuts: new MemoryOptOuts() },
    takeJobs: () => outbox.takeJobs(),
    standingOf: (id) => outbox.standingOf(id),
    redrive: (id) => outbox.redrive(id),
  });
});
