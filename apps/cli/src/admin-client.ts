import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf, Refused, WrongUse } from './failures.js';
import { readInstallation } from './installation.js';
import type { Io } from './io.js';

/** How a command is told of a running server. */
export interface AdminWords {
  readonly url?: string;
  readonly key?: string;
}

/** An answer of the admin API. */
export interface AdminAnswer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

const limitMs = 30_000;
const longestPauseMs = 60_000;

/** Asks the admin API of a running server; waits where the server says so. */
export class AdminClient {
  private constructor(
    readonly url: string,
    private readonly key: string,
  ) {}

  /**
   * @throws WrongUse where the key is not known, or the URL is none
   */
  static of(io: Io, { url, key }: AdminWords): AdminClient {
    const { environment } = readInstallation(io.env);
    const { host, port, adminKey, dataDir } = environment;
    const own = `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${String(port)}`;
    const base = url ?? own;
    if (!/^https?:\/\//.test(base) || !URL.canParse(base)) throw new WrongUse(`--url is no address: ${base}`);
    const given = key ?? adminKey ?? keptKey(join(dataDir, 'admin-key'));
    if (given === undefined) {
      throw new WrongUse('No admin key: set ONGEA_ADMIN_KEY, or run this where ONGEA_DATA_DIR has the generated one.');
    }
    return new AdminClient(base.replace(/\/+$/, ''), given);
  }

  /** @throws Refused where the server does not answer, or does not know the key */
  async ask(method: 'GET' | 'POST', path: string): Promise<AdminAnswer> {
    for (;;) {
      const response = await this.send(method, path);
      const retryAfter = Number(response.headers.get('retry-after'));
      if (response.status === 429 && retryAfter > 0) {
        await pause(Math.min(retryAfter * 1_000, longestPauseMs));
        continue;
      }
      const json = jsonOf(await response.text());
      if (response.status === 401 || response.status === 403) {
        throw new Refused(`${this.url} refuses the admin key: ${detailOf(json)}`);
      }
      return { status: response.status, json };
    }
  }

  private async send(method: string, path: string): Promise<Response> {
    const headers = { authorization: `Bearer ${this.key}` };
    try {
      return await fetch(`${this.url}${path}`, { method, headers, signal: AbortSignal.timeout(limitMs) });
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      throw new Refused(`${this.url} does not answer: ${messageOf(cause)}`, { cause: error });
    }
  }
}

/** What a problem says. */
export function detailOf(json: AdminAnswer['json']): string {
  const detail = json['detail'];
  return typeof detail === 'string' ? detail : 'no reason was given';
}

function keptKey(file: string): string | undefined {
  try {
    const key = readFileSync(file, 'utf8').trim();
    return key === '' ? undefined : key;
  } catch {
    return undefined;
  }
}

function jsonOf(text: string): AdminAnswer['json'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as AdminAnswer['json']) : {};
  } catch {
    return {};
  }
}
