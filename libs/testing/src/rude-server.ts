import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What a {@link RudeServer} does with a request whose body it has read. */
export type Manners = (response: ServerResponse, request: IncomingMessage, body: string) => unknown;

/** An HTTP server on a free port of 127.0.0.1 that behaves as badly as the test wants, and keeps what it was sent. */
export class RudeServer {
  readonly bodies: string[] = [];
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    public manners: Manners,
  ) {}

  static async start(manners: Manners): Promise<RudeServer> {
    const server = createServer();
    const rude = new RudeServer(server, manners);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void rude.#serve(request, response));
    server.on('connection', (socket: Socket) => {
      rude.#sockets.add(socket);
      // A cut connection is what the tests are about.
      socket.on('error', () => socket.destroy());
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return rude;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((stopped) => this.server.close(stopped));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    this.bodies.push(body);
    response.sendDate = false;
    await this.manners(response, request, body);
  }
}

/** Answers with a status, a body and headers. */
export function answer(status: number, body: unknown, headers: Record<string, string> = {}): Manners {
  return (response) => response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
}
