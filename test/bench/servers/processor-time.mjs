// Loaded into each server under test: tells what its process uses when asked, and ends it with the bench.
process.on('message', (question) => {
  if (question === 'processor-time') process.send(process.cpuUsage());
  if (question !== 'memory') return;
  // With --expose-gc, what nobody holds is not counted.
  globalThis.gc?.();
  process.send({ resident: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.kill(process.pid, 'SIGINT'));
