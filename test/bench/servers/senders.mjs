// Whoever reports to us: a process of its own with connections that are kept open. `#` in a body is the number of the request.
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';

process.on('message', (job) => {
  (job.perSecond === undefined ? closedLoop(job) : openLoop(job)).then(
    (done) => process.send(done),
    (error) => process.send({ fault: String(error) }),
  );
});
process.on('disconnect', () => process.exit());

/** Every sender sends its next request when the last one was answered. */
async function closedLoop({ first, requests, senders, ...target }) {
  const lines = await opened(senders, target);
  let next = first;
  const end = first + requests;
  const began = performance.now();
  await Promise.all(
    lines.map(async (line) => {
      for (let n = next++; n < end; n = next++) await line.send(n);
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  for (const line of lines) line.close();
  return { seconds };
}

/** Requests set out at their times, whether or not earlier ones were answered; what waits for a free line counts as waiting. */
async function openLoop({ first, requests, senders, perSecond, ...target }) {
  const lines = await opened(senders, target);
  const free = [...lines];
  const waiting = [];
  const latencies = [];
  let done;
  const allDone = new Promise((resolve, reject) => (done = { resolve, reject }));
  const work = async (line, n, intended) => {
    await line.send(n);
    latencies.push(performance.now() - intended);
    if (latencies.length === requests) done.resolve();
    const next = waiting.shift();
    if (next === undefined) free.push(line);
    else work(line, ...next).catch(done.reject);
  };
  const began = performance.now();
  let started = 0;
  const tick = () => {
    const due = Math.min(requests, Math.floor(((performance.now() - began) * perSecond) / 1000));
    for (; started < due; started++) {
      const intended = began + (started * 1000) / perSecond;
      const line = free.pop();
      if (line === undefined) waiting.push([first + started, intended]);
      else work(line, first + started, intended).catch(done.reject);
    }
    if (started < requests) setTimeout(tick, 1);
  };
  tick();
  await allDone;
  for (const line of lines) line.close();
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.floor((latencies.length - 1) * share)];
  return { p50: at(0.5), p99: at(0.99) };
}

async function opened(senders, target) {
  const lines = Array.from({ length: senders }, () => new Line(target));
  await Promise.all(lines.map((line) => line.open()));
  return lines;
}

class Line {
  constructor({ url, path, contentType, body, expect }) {
    const { hostname, port } = new URL(url);
    this.body = body;
    this.expect = expect;
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.head = `POST ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: ${contentType}\r\n`;
  }

  open() {
    const { socket } = this;
    socket.setEncoding('latin1');
    let received = '';
    socket.on('data', (text) => {
      received = received === '' ? text : received + text;
      const blank = received.indexOf('\r\n\r\n');
      if (blank === -1) return;
      const length = /\r\ncontent-length: (\d+)/i.exec(received);
      if (length === null || received.length < blank + 4 + Number(length[1])) return;
      const whole = received;
      received = '';
      this.answered(whole, whole.slice(blank + 4));
    });
    return new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.on('error', (error) => (this.failed ?? reject)(error));
      socket.on('close', () => this.failed?.(new Error('the server closed a connection')));
    });
  }

  send(n) {
    const body = this.body.replaceAll('#', String(n).padStart(9, '0'));
    return new Promise((resolve, reject) => {
      this.failed = reject;
      this.answered = (reply, text) => {
        if (reply.startsWith('HTTP/1.1 200') && text.startsWith(this.expect)) resolve();
        else reject(new Error(`to ${body} came ${JSON.stringify(reply)}`));
      };
      this.socket.write(`${this.head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  }

  close() {
    this.failed = undefined;
    this.socket.destroy();
  }
}
