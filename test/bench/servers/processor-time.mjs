// Loaded into each server under test: tells the processor time of its process when asked, and ends it with the bench.
process.on('message', (question) => {
  if (question === 'processor-time') process.send(process.cpuUsage());
});
process.on('disconnect', () => process.kill(process.pid, 'SIGINT'));
