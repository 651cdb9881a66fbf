import type { FakeProvider, SentMessage } from '@app/fake-provider';
import { incoming, post, shortCode } from './africastalking.js';
import { freshMsisdn } from './gateways.js';
import { until } from './send.js';

export interface SmsPhoneOptions {
  /** Where the server is just now. */
  readonly url: () => string;
  /** Takes what is sent to the phone. */
  readonly network: FakeProvider;
  readonly account?: string;
  readonly address?: string;
  readonly msisdn?: string;
}

/** A person who writes to one address of ours, and reads what comes. */
export class SmsPhone {
  readonly msisdn: string;
  /** Where it writes to. */
  readonly address: string;
  private read = 0;

  constructor(private readonly options: SmsPhoneOptions) {
    this.msisdn = options.msisdn ?? freshMsisdn();
    this.address = options.address ?? shortCode;
  }

  /** Everything that came to the phone so far. */
  get received(): readonly SentMessage[] {
    return this.options.network.messages.filter(({ to }) => to === this.msisdn);
  }

  /** Writes, whatever comes of it; throws where the message is not taken. */
  async write(text: string, fields: Readonly<Record<string, string>> = {}): Promise<void> {
    const { url, account = 'demo' } = this.options;
    const message = incoming({ from: this.msisdn, to: this.address, text, ...fields });
    const { status, body } = await post(url(), `/sms/africastalking/${account}`, message);
    if (status !== 200 || body !== 'GOOD') throw new Error(`the message was answered ${String(status)} ${body}`);
  }

  /** Writes, and waits for what comes back. */
  async say(text: string, fields: Readonly<Record<string, string>> = {}): Promise<string> {
    await this.write(text, fields);
    return this.next();
  }

  /** The next message that was not read yet. */
  async next(): Promise<string> {
    await until(() => this.received.length > this.read, 20_000, `a message to ${this.msisdn}`);
    return this.received[this.read++]?.text ?? '';
  }
}
