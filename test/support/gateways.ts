import { createHmac } from 'node:crypto';
import { send, type Answer, type Sent } from './send.js';

/** What a person sees after a turn. */
export interface Screen {
  readonly text: string;
  /** Whether an answer can be given. */
  readonly open: boolean;
  readonly answer: Answer;
}

/** A person behind a provider's gateway: sends what the provider would send, and reads what it would show. */
export interface Gateway {
  readonly sessionId: string;
  dial(code?: string): Promise<Screen>;
  answer(text: string): Promise<Screen>;
  /** The last request once more, byte for byte. */
  repeat(): Promise<Screen>;
}

export interface GatewayOptions {
  /** Where the server is just now. */
  readonly url: () => string;
  readonly account?: string;
  readonly msisdn?: string;
  readonly sessionId?: string;
  readonly key?: string;
  /** Forms are what the two history providers send; both take JSON as well. */
  readonly json?: boolean;
}

const serviceCode = '*384*4417#';
let count = 0;

/** An id that no other session of this run has. */
export function freshId(prefix = 'S'): string {
  return `${prefix}${process.pid}x${++count}`;
}

/** A Kenyan number that nobody else in this run has. */
export function freshMsisdn(): string {
  return `+2547${String(10_000_000 + ((process.pid * 7_919 + ++count) % 89_999_999))}`;
}

/** A Ghanaian one, written as Kairos writes it. */
export function freshGhanaian(): string {
  return `23320${String(1_000_000 + ((process.pid * 7_919 + ++count) % 8_999_999))}`;
}

type Fields = Readonly<Record<string, string>>;

/** The wire form of some fields. */
export function encoded(fields: Fields, json = false): Required<Pick<Sent, 'headers' | 'body'>> {
  return json
    ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(fields) }
    : {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
      };
}

/** Reads a screen of a CON/END provider; throws for anything else, since the provider would fail too. */
export function readConEnd(answer: Answer): Screen {
  const { status, body, contentType } = answer;
  const prefix = body.slice(0, 4);
  if (status !== 200 || contentType?.startsWith('text/plain') !== true || (prefix !== 'CON ' && prefix !== 'END ')) {
    throw new Error(`not a CON/END screen: ${String(status)} ${contentType ?? ''} ${body.slice(0, 200)}`);
  }
  return { text: body.slice(4), open: prefix === 'CON ', answer };
}

/** Reads a screen of Kairos; throws for anything that Kairos could not read. */
export function readKairos(answer: Answer): Screen {
  const fields = JSON.parse(answer.body) as Record<string, unknown>;
  const texts = ['sessionId', 'ussdString', 'msisdn', 'timestamp', 'messageType'].map((name) => fields[name]);
  if (answer.status !== 200 || texts.some((text) => typeof text !== 'string')) {
    throw new Error(`not an answer for Kairos: ${String(answer.status)} ${answer.body}`);
  }
  return { text: String(fields.ussdString), open: fields.messageType === '0', answer };
}

/** Reads the messages of a node; throws for anything that Haptik could not read. */
export function readHaptik(answer: Answer): Screen {
  const { response, response_message_type: type, status } = JSON.parse(answer.body) as Record<string, unknown>;
  const isWell = Array.isArray(response) && response.every((text) => typeof text === 'string');
  if (answer.status !== 200 || !isWell || type !== 0 || typeof status !== 'boolean') {
    throw new Error(`not an answer for Haptik: ${String(answer.status)} ${answer.body}`);
  }
  return { text: response.join('\n---\n'), open: status, answer };
}

/** A phone behind Africa's Talking or CradleBots, which send the whole history. */
export class HistoryPhone implements Gateway {
  readonly sessionId: string;
  readonly msisdn: string;
  text = '';
  /** What Africa's Talking gives back on the next hop. */
  mark: string | undefined;

  constructor(
    readonly provider: 'africastalking' | 'cradlebots',
    readonly options: GatewayOptions,
  ) {
    this.sessionId = options.sessionId ?? freshId();
    this.msisdn = options.msisdn ?? freshMsisdn();
  }

  dial(): Promise<Screen> {
    this.mark = undefined;
    return this.hop('');
  }

  answer(text: string): Promise<Screen> {
    return this.hop(this.text === '' ? text : `${this.text}*${text}`);
  }

  repeat(): Promise<Screen> {
    return this.hop(this.text);
  }

  /** Sends a whole history, with the mark that the provider would send along. */
  async hop(text: string, limitMs?: number): Promise<Screen> {
    this.text = text;
    const screen = readConEnd(await this.send(text, limitMs));
    const { 'at-ussd-hop-metadata': mark } = screen.answer.headers;
    if (typeof mark === 'string' && this.provider === 'africastalking') this.mark = mark;
    return screen;
  }

  /** The same, with whatever comes back. */
  send(text: string, limitMs?: number): Promise<Answer> {
    const { account = 'demo', url, json, key } = this.options;
    const { headers, body } = encoded(
      {
        sessionId: this.sessionId,
        phoneNumber: this.msisdn,
        networkCode: '63902',
        serviceCode,
        text,
      },
      json,
    );
    const hop = this.mark === undefined ? {} : { 'at-ussd-hop-metadata': this.mark };
    const path = `/ussd/${this.provider}/${account}${key === undefined ? '' : `?key=${key}`}`;
    return send(url(), path, {
      headers: { ...headers, ...hop },
      body,
      ...(limitMs === undefined ? {} : { limitMs }),
    });
  }
}

/** A phone behind Kairos, which sends the last input alone. */
export class KairosPhone implements Gateway {
  readonly sessionId: string;
  readonly msisdn: string;
  private last = '';

  constructor(readonly options: GatewayOptions) {
    this.sessionId = options.sessionId ?? freshId('26030410300077');
    this.msisdn = options.msisdn ?? freshGhanaian();
  }

  dial(code = serviceCode): Promise<Screen> {
    return this.input(code);
  }

  answer(text: string): Promise<Screen> {
    return this.input(text);
  }

  repeat(): Promise<Screen> {
    return this.input(this.last);
  }

  async input(ussdString: string): Promise<Screen> {
    this.last = ussdString;
    const { account = 'demo', url, json = true } = this.options;
    const fields = { msisdn: this.msisdn, sessionId: this.sessionId, messageType: '0', ussdString };
    return readKairos(await send(url(), `/ussd/kairos/${account}`, encoded(fields, json)));
  }
}

/** A person who chats with a bot of Haptik. */
export class HaptikPerson implements Gateway {
  readonly sessionId: string;
  private last = '';

  constructor(readonly options: GatewayOptions & { readonly secret?: string; readonly node?: string }) {
    this.sessionId = options.sessionId ?? freshId('hk_');
  }

  /** The node is called with what the platform recognised, here a crop. */
  dial(crop?: string): Promise<Screen> {
    return this.call(crop === undefined ? {} : { crop: [{ detection: 'default', entity_value: crop }] });
  }

  answer(text: string): Promise<Screen> {
    return this.call({ said: [{ detection: 'message', original_text: text, entity_value: text }] });
  }

  repeat(): Promise<Screen> {
    return this.post(this.last);
  }

  private call(entities: object): Promise<Screen> {
    const { node = 'price_lookup' } = this.options;
    return this.post(
      JSON.stringify({
        node,
        event: 'API_INTEGRATION',
        user: { user_name: this.sessionId, device_platform: 5 },
        entities,
      }),
    );
  }

  private async post(body: string): Promise<Screen> {
    this.last = body;
    const { account = 'demo', url, secret } = this.options;
    return readHaptik(
      await send(url(), `/bot/haptik/${account}`, {
        headers: { 'content-type': 'application/json', ...(secret === undefined ? {} : signed(body, secret)) },
        body,
      }),
    );
  }
}

/** The header with which Haptik signs a body. */
export function signed(body: string | Buffer, secret: string): { 'x-hub-signature': string } {
  return { 'x-hub-signature': `sha1=${createHmac('sha1', secret).update(body).digest('hex')}` };
}
