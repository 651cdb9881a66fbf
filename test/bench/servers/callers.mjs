// The handsets: a process of its own that plays conversations over plain HTTP with connections that are kept open.
import { createHash } from 'node:crypto';
import { connect } from 'node:net';

/** Per session, what Africa's Talking gives back with the next hop. */
const hopHeaders = new Map();

process.on('message', (job) => {
  play(job).then(
    (done) => process.send(done),
    (error) => process.send({ fault: String(error) }),
  );
});
process.on('disconnect', () => process.exit());

/** Plays `hops` of the sessions from `first` on, each sender one session after the other. */
async function play({ url, path, serviceCode, first, sessions, hops, senders }) {
  const { hostname, port } = new URL(url);
  let next = first;
  const end = first + sessions;
  const sender = async () => {
    const line = new Line(hostname, Number(port), path);
    await line.open();
    for (let session = next++; session < end; session = next++) {
      for (const hop of hops) await line.turn(session, serviceCode, hop);
    }
    line.close();
  };
  await Promise.all(Array.from({ length: senders }, sender));
  return { turns: sessions * hops.length };
}

class Line {
  constructor(hostname, port, path) {
    this.socket = connect({ host: hostname, port, noDelay: true });
    this.head = `POST ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUser-Agent: bench\r\nAccept: */*\r\nContent-Type: application/x-www-form-urlencoded\r\n`;
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
      this.answered(whole, blank);
    });
    return new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.on('error', (error) => (this.failed ?? reject)(error));
      socket.on('close', () => this.failed?.(new Error('the server closed a connection')));
    });
  }

  turn(session, serviceCode, { text, expect }) {
    const hopHeader = hopHeaders.get(session);
    const body = bodyOf(session, serviceCode, text);
    const echo = hopHeader === undefined ? '' : `at-ussd-hop-metadata: ${hopHeader}\r\n`;
    return new Promise((resolve, reject) => {
      this.failed = reject;
      this.answered = (reply, blank) => {
        const screen = reply.slice(blank + 4);
        if (!reply.startsWith('HTTP/1.1 200') || !screen.startsWith(expect)) {
          reject(new Error(`to "${text}" came ${JSON.stringify(reply)}, not "${expect}…"`));
          return;
        }
        remember(session, reply.slice(0, blank));
        resolve();
      };
      this.socket.write(`${this.head}${echo}Content-Length: ${body.length}\r\n\r\n${body}`);
    });
  }

  close() {
    this.failed = undefined;
    this.socket.destroy();
  }
}

function remember(session, head) {
  const found = /\r\nat-ussd-hop-metadata: ([^\r]*)/i.exec(head);
  if (found === null) hopHeaders.delete(session);
  else hopHeaders.set(session, found[1]);
}

function bodyOf(session, serviceCode, text) {
  const id = createHash('md5').update(String(session)).digest('hex');
  const number = 254_700_000_000 + (session % 100_000_000);
  return `sessionId=ATUid_${id}&serviceCode=${encodeURIComponent(serviceCode).replaceAll('*', '%2A')}&phoneNumber=%2B${number}&networkCode=63902&text=${encodeURIComponent(text).replaceAll('*', '%2A')}`;
}
