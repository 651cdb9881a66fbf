import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { randomUUID } from 'node:crypto';
import { goodBehaviour, misbehave, type Behaviour } from './behaviour.js';
import { webhookUrl } from './callbacks.js';
import { repeatUntilTaken, reportDelivery, takeMessages, type SendAsked, type SentMessage } from './messaging-api.js';
import { holdCall, newCall, type PlacedCall } from './voice-api.js';

/** How a fake provider is started. */
export interface FakeProviderOptions {
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Accepted in the header `apiKey`; undefined: any but an empty one. */
  readonly apiKey?: string;
  /** Senders that it knows; undefined: any. */
  readonly senders?: readonly string[];
  /** Where our webhooks are, with `?key=` where they want one; undefined: nothing is reported. */
  readonly webhooks?: string;
  /** The account whose webhooks they are; default `demo`. */
  readonly account?: string;
  readonly behaviour?: Partial<Behaviour>;
  /** Told what phones get, in a person's words. */
  readonly onEvent?: (line: string) => void;
}

type Fields = Readonly<Record<string, unknown>>;

/** Speaks the send and call API of Africa's Talking, and plays the phones behind it; nothing leaves the machine. */
export class FakeProvider {
  readonly messages: SentMessage[] = [];
  readonly calls: PlacedCall[] = [];
  readonly optedOut = new Set<string>();
  /** How many requests the API had, failed ones included. */
  requests = 0;
  readonly #server: FastifyInstance;
  readonly #work = new Set<Promise<void>>();
  #behaviour: Behaviour;
  #webhooks: string | undefined;

  private constructor(private readonly options: FakeProviderOptions) {
    this.#behaviour = { ...goodBehaviour, ...options.behaviour };
    this.#webhooks = options.webhooks;
    this.#server = fastify({ forceCloseConnections: true });
    this.#routes();
  }

  static async start(options: FakeProviderOptions = {}): Promise<FakeProvider> {
    const provider = new FakeProvider(options);
    await provider.#server.listen({ port: options.port ?? 0, host: options.host ?? '127.0.0.1' });
    return provider;
  }

  /** What `endpoints` of an account name. */
  get url(): string {
    const { port } = this.#server.server.address() as AddressInfo;
    return `http://${this.options.host ?? '127.0.0.1'}:${String(port)}`;
  }

  get behaviour(): Behaviour {
    return this.#behaviour;
  }

  /** Changes parts of the behaviour. */
  behave(change: Partial<Behaviour>): void {
    this.#behaviour = { ...this.#behaviour, ...change };
  }

  /** Reports go there from now on. */
  reportTo(webhooks: string): void {
    this.#webhooks = webhooks;
  }

  /** A phone sends a message; resolves to the status of our webhook's answer. */
  async receive(from: string, to: string, text: string, more: Readonly<Record<string, string>> = {}): Promise<number> {
    const url = this.#webhook('sms');
    if (url === undefined) throw new Error('the fake provider does not know where the webhooks are');
    const date = new Date().toISOString().slice(0, 19).replace('T', ' ');
    this.#tell(`${from} writes to ${to}: ${text}`);
    return repeatUntilTaken(url, { date, from, to, text, id: randomUUID(), ...more });
  }

  /** Resolves when everything that was begun is reported. */
  async settled(): Promise<void> {
    while (this.#work.size > 0) await Promise.allSettled([...this.#work]);
  }

  async stop(): Promise<void> {
    await this.#server.close();
  }

  #routes(): void {
    const server = this.#server;
    server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))));
    });
    const api = (path: string, answer: (fields: Fields, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>) =>
      server.post(path, async (request, reply) => {
        this.requests += 1;
        const refusal = await this.#refusal(request.headers['apikey'], reply);
        if (refusal === 'answered') return reply;
        const body = (request.body ?? {}) as Fields;
        if (refusal === 'after') {
          await answer(body, reply.hijack());
          reply.raw.destroy();
          return reply;
        }
        return answer(body, reply);
      });
    api('/version1/messaging', (fields, reply) => this.#send(askedByForm(fields), reply));
    api('/version1/messaging/bulk', (fields, reply) => this.#send(askedByJson(fields), reply));
    api('/call', (fields, reply) => this.#call(fields, reply));
    server.get('/fake/messages', () => this.messages);
    server.get('/fake/calls', () => this.calls);
    server.post('/fake/behaviour', (request) => {
      this.behave(request.body as Partial<Behaviour>);
      return this.#behaviour;
    });
    server.post('/fake/messages', async (request) => {
      const { from, to, text } = request.body as Readonly<Record<'from' | 'to' | 'text', string>>;
      return { status: await this.receive(from, to, text) };
    });
  }

  /** `after`: the request is to be carried out, and nobody told. */
  async #refusal(apiKey: unknown, reply: FastifyReply): Promise<'answered' | 'after' | undefined> {
    const { delayMs, failure, failures, retryAfter } = this.#behaviour;
    if (delayMs > 0) await sleep(delayMs);
    const wanted = this.options.apiKey;
    if (apiKey === undefined || apiKey === '' || (wanted !== undefined && apiKey !== wanted)) {
      await misbehave('401', undefined, reply);
      return 'answered';
    }
    if (failure === undefined || failures === 0) return undefined;
    if (failures !== undefined) this.behave({ failures: failures - 1 });
    if (failure === 'drop-after') return 'after';
    await misbehave(failure, retryAfter, reply);
    return 'answered';
  }

  #send(asked: SendAsked, reply: FastifyReply): FastifyReply {
    const { senders } = this.options;
    const { answer, taken } = takeMessages(asked, { senders, optedOut: this.optedOut });
    this.messages.push(...taken);
    for (const message of taken) {
      this.#tell(`${message.from ?? 'sender'} to ${message.to}: ${message.text}`);
      this.#report(message);
    }
    return answered(reply, 201, answer);
  }

  #report(message: SentMessage): void {
    const url = this.#webhook('sms', '/delivery');
    if (url === undefined) return;
    const behaviour = this.#behaviour;
    this.#begin(
      reportDelivery(url, message, behaviour).then(() => {
        const last = behaviour.reports.at(-1);
        if (last !== undefined) this.#tell(`${message.to}: ${last}`);
      }),
    );
  }

  #call(fields: Fields, reply: FastifyReply): FastifyReply {
    const clientRequestId = optional(fields['clientRequestId']);
    const entries = list(fields['to']).map((to) => {
      const call = newCall(text(fields['from']), to, clientRequestId);
      this.calls.push(call);
      this.#tell(`${call.from} calls ${to}`);
      const url = this.#webhook('voice');
      if (url !== undefined) {
        const held = holdCall(url, call, this.#behaviour).then(() =>
          call.heard.forEach((line) => this.#tell(`  ${line}`)),
        );
        this.#begin(held);
      }
      return { phoneNumber: to, status: 'Queued', sessionId: call.sessionId };
    });
    return answered(reply, 200, { entries, errorMessage: 'None' });
  }

  #webhook(channel: 'sms' | 'voice', rest?: string): string | undefined {
    const { account = 'demo' } = this.options;
    return this.#webhooks === undefined ? undefined : webhookUrl(this.#webhooks, channel, account, rest);
  }

  #begin(work: Promise<void>): void {
    const kept = work.catch((error: unknown) => this.#tell(`a webhook could not be called: ${String(error)}`));
    this.#work.add(kept);
    void kept.finally(() => this.#work.delete(kept));
  }

  #tell(line: string): void {
    this.options.onEvent?.(line);
  }
}

function answered(reply: FastifyReply, status: number, answer: object): FastifyReply {
  // What was hijacked is answered by nobody.
  return reply.sent ? reply : reply.code(status).type('application/json').send(JSON.stringify(answer));
}

function askedByForm(fields: Fields): SendAsked {
  const { to, from, message, linkId } = fields;
  return { to: list(to), from: optional(from), text: text(message), linkId: optional(linkId) };
}

function askedByJson({ phoneNumbers, senderId, message }: Fields): SendAsked {
  const to = Array.isArray(phoneNumbers) ? phoneNumbers.map(String) : [];
  return { to, from: optional(senderId), text: text(message), linkId: undefined };
}

function list(value: unknown): string[] {
  return text(value)
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function optional(value: unknown): string | undefined {
  const found = text(value);
  return found === '' ? undefined : found;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
