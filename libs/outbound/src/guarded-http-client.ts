import { validateHeaderName, validateHeaderValue } from 'node:http';
import { Agent, errors } from 'undici';
import type { Dispatcher } from 'undici';
import { Circuits, defaultCircuitLimits } from './circuits.js';
import type { CircuitLimits, CircuitState } from './circuits.js';
import { decodeBody } from './content-encoding.js';
import { Deadline } from './deadline.js';
import { guardedConnector, systemResolver } from './guarded-connector.js';
import type { Resolver } from './guarded-connector.js';
import { NetworkGuard } from './networks.js';
import { OutboundError, codeOf } from './outbound-error.js';
import type { OutboundFault } from './outbound-error.js';
import { RequestWatch } from './request-watch.js';
import { readTarget } from './target-url.js';

export interface GuardedHttpOptions {
  /** Addresses and CIDRs that may be reached although they are private; every port is open there. Default: none. */
  readonly allowPrivate?: readonly string[];
  /** Longest time from the call to the last byte of the answer. Default: 10 000. */
  readonly timeoutMs?: number;
  /** Largest body, both as sent and unpacked. Default: 262 144. */
  readonly maxResponseBytes?: number;
  /** Default: 16. Further requests wait for a free connection. */
  readonly connectionsPerOrigin?: number;
  readonly circuit?: CircuitLimits;
  readonly resolve?: Resolver;
}

export interface GuardedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Shortens the client's own limit. */
  readonly timeoutMs?: number;
  /** The request is given up when any of them aborts. */
  readonly signals?: readonly AbortSignal[];
}

export interface GuardedResponse {
  /** 200 to 599; a 3xx is an answer like any other. */
  readonly status: number;
  /** Names in lower case; several headers of one name are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** For `allowPrivate`, where the addresses come from our own code or the operator: nothing is out of reach. */
export const everyNetwork = ['0.0.0.0/0', '::/0'] as const;

const methods = new Map<string, Dispatcher.HttpMethod>(
  (['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const).map((method) => [method, method]),
);
// They steer the connection, not the request; `host` would choose another site behind a checked address.
const refusedHeaders = new Set([
  'host',
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The HTTP client for everything whose address comes from a dialog, an action or a forward. Reaches public addresses
 * on ports 80, 443, 8080 and 8443, and what `allowPrivate` names on any port; follows no redirect; caps size and time; keeps
 * connections; leaves a failing host alone for a while. Proxy settings of the environment are not used.
 */
export class GuardedHttpClient {
  readonly #agent: Agent;
  readonly #circuits: Circuits;
  readonly #timeoutMs: number;
  readonly #maxBytes: number;

  /** @throws RangeError when an entry of `allowPrivate` is neither an address nor a CIDR. */
  constructor(options: GuardedHttpOptions = {}) {
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#maxBytes = options.maxResponseBytes ?? 262_144;
    this.#agent = new Agent({
      connect: guardedConnector(new NetworkGuard(options.allowPrivate ?? []), options.resolve ?? systemResolver),
      connections: options.connectionsPerOrigin ?? 16,
      maxResponseSize: this.#maxBytes,
      keepAliveMaxTimeout: 60_000,
    });
    this.#circuits = new Circuits(options.circuit ?? defaultCircuitLimits);
  }

  /** @throws OutboundError for everything but an answer with a status. */
  async request(request: GuardedRequest): Promise<GuardedResponse> {
    const target = readTarget(request.url);
    const method = methods.get(request.method.toUpperCase());
    if (method === undefined || !sendable(request.headers ?? {})) throw new OutboundError('bad-request', target.host);
    const deadline = new Deadline(Math.min(request.timeoutMs ?? Infinity, this.#timeoutMs), request.signals ?? []);
    try {
      if (deadline.signal.aborted) throw new OutboundError('aborted', target.host);
      return await this.#circuits.run(target.host, () => this.#send(target, method, request, deadline));
    } finally {
      deadline.release();
    }
  }

  /** For metrics. */
  circuits(): readonly CircuitState[] {
    return this.#circuits.states();
  }

  /** Cuts whatever is still under way. */
  async close(): Promise<void> {
    this.#circuits.close();
    await this.#agent.destroy();
  }

  async #send(
    target: URL,
    method: Dispatcher.HttpMethod,
    request: GuardedRequest,
    deadline: Deadline,
  ): Promise<GuardedResponse> {
    const watch = new RequestWatch();
    try {
      const answer = await this.#agent.compose(watch.interceptor).request({
        origin: target.origin,
        path: target.pathname + target.search,
        method,
        headers: { 'accept-encoding': 'identity', 'user-agent': 'ongea', ...lowerCased(request.headers ?? {}) },
        body: request.body ?? null,
        signal: deadline.signal,
        headersTimeout: this.#timeoutMs,
        bodyTimeout: this.#timeoutMs,
      });
      const raw = Buffer.from(await answer.body.arrayBuffer());
      return await this.#read(answer.statusCode, joined(answer.headers), raw, target.host);
    } catch (error) {
      const { requestLeft } = watch;
      if (error instanceof OutboundError) {
        if (error.requestLeft === requestLeft) throw error;
        throw new OutboundError(error.code, error.host, { cause: error, requestLeft });
      }
      throw new OutboundError(deadline.reason ?? faultOf(error), target.host, { cause: error, requestLeft });
    }
  }

  async #read(status: number, headers: Record<string, string>, raw: Buffer, host: string): Promise<GuardedResponse> {
    if (status < 200 || status > 599) throw new OutboundError('bad-answer', host);
    const { 'content-encoding': encoding, 'content-length': _length, ...others } = headers;
    if (encoding === undefined || encoding === 'identity' || raw.length === 0) return { status, headers, body: raw };
    return { status, headers: others, body: await decodeBody(raw, encoding, this.#maxBytes, host) };
  }
}

function sendable(headers: Readonly<Record<string, string>>): boolean {
  return Object.entries(headers).every(([name, value]) => {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      return false;
    }
    return !refusedHeaders.has(name.toLowerCase());
  });
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function joined(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

const faultsByCode: Readonly<Record<string, OutboundFault>> = {
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ETIMEDOUT: 'timeout',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'too-large',
  UND_ERR_HEADERS_OVERFLOW: 'too-large',
  UND_ERR_INVALID_ARG: 'bad-request',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'bad-answer',
};

function faultOf(error: unknown): OutboundFault {
  if (error instanceof errors.HTTPParserError) return 'bad-answer';
  return faultsByCode[codeOf(error)] ?? 'connection-failed';
}
