// Loaded into each server under test: tells what its process uses when asked, and ends it with the bench.
process.on('message', (question) => {
  if (question === 'processor-time') process.send(process.cpuUsage());
  if (question === 'memory') process.send({ resident: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.kill(process.pid, 'SIGINT'));
