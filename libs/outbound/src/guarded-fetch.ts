import type { GuardedHttpClient, GuardedResponse } from './guarded-http-client.js';
import { OutboundError } from './outbound-error.js';
import { readTarget } from './target-url.js';

/** Like `fetch`, but never redirected, and the whole body is there when it resolves. */
export type GuardedFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * A `fetch` that goes through the guarded client, and is cut when `signal` aborts.
 * Its promise rejects with OutboundError alone.
 */
export function guardedFetch(client: GuardedHttpClient, signal: AbortSignal): GuardedFetch {
  return async (input, init) => {
    const { host } = readTarget(input instanceof Request ? input.url : String(input));
    const request = await readRequest(input, init, host);
    const answer = await client.request({
      method: request.standard.method,
      url: request.standard.url,
      headers: Object.fromEntries(request.standard.headers),
      ...(request.body === undefined ? {} : { body: request.body }),
      signals: [signal, request.standard.signal],
    });
    return toResponse(answer);
  };
}

async function readRequest(input: string | URL | Request, init: RequestInit | undefined, host: string) {
  try {
    const standard = new Request(input, init);
    const body = standard.body === null ? undefined : new Uint8Array(await standard.arrayBuffer());
    return { standard, body };
  } catch (cause) {
    throw new OutboundError('bad-request', host, { cause });
  }
}

function toResponse(answer: GuardedResponse): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) {
    // Headers takes Latin-1 only, while undici reads header bytes as UTF-8.
    if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) headers.append(name, value);
  }
  const bodiless = answer.status === 204 || answer.status === 205 || answer.status === 304;
  return new Response(bodiless ? null : answer.body, { status: answer.status, headers });
}
