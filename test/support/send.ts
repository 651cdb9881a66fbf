import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';

/** A request as a test writes it, bytes and path as they are. */
export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Cut by us after this long, in milliseconds; 40 s unless told. */
  readonly limitMs?: number;
  readonly agent?: Agent;
}

/** A response, read whole. */
export interface Answer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const shared = new Agent({ keepAlive: true, maxSockets: 64, timeout: 60_000 });

/** Ends the connections that {@link send} keeps. */
export function closeConnections(): void {
  shared.destroy();
}

/** Sends one request; rejects when there is no whole answer. A path is sent as it is, which `fetch` would not do. */
export function send(base: string, path: string, sent: Sent = {}): Promise<Answer> {
  const { hostname, port } = new URL(base);
  const { method = 'POST', headers = {}, body = '', limitMs = 40_000, agent = shared } = sent;
  // Node's client writes the body of a DELETE without saying how long it is.
  const length = body.length === 0 && method === 'GET' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: hostname, port, path, method, headers: { ...length, ...headers }, agent },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          clearTimeout(limit);
          resolve({
            status: response.statusCode ?? 0,
            contentType: response.headers['content-type'],
            headers: response.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          });
        });
      },
    );
    const limit = setTimeout(() => request.destroy(new Error(`no answer to ${path} within ${limitMs} ms`)), limitMs);
    request.on('error', (error) => {
      clearTimeout(limit);
      reject(error);
    });
    request.end(body);
  });
}

/** Waits until something holds; throws when it never does. */
export async function until(holds: () => boolean | Promise<boolean>, limitMs = 10_000, what = 'it'): Promise<void> {
  const giveUp = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > giveUp) throw new Error(`${what} never came to pass within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
