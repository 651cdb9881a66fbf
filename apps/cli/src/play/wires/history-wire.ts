import { randomUUID } from 'node:crypto';
import type { WebhookReply } from '@app/provider-kit';
import type { Shown, Wire, WireCaller, WireRequest } from './wire.js';

/** How the providers of this contract differ. */
export interface HistoryHabits {
  /** What their session ids begin with. */
  readonly sessionPrefix: string;
  /** Response header that comes back as request header of the next hop. */
  readonly hopHeader?: string;
}

/** Africa's Talking and those who copied it: form posts with all inputs so far, replies with `CON ` or `END `. */
export class HistoryWire implements Wire {
  private sessionId = '';
  private inputs: string[] = [];
  private headers: Readonly<Record<string, string>> = {};

  constructor(
    private readonly caller: WireCaller,
    private readonly habits: HistoryHabits,
  ) {}

  dial(): WireRequest {
    this.sessionId = `${this.habits.sessionPrefix}${randomUUID().replaceAll('-', '')}`;
    this.inputs = [...this.caller.shortcut];
    this.headers = {};
    return this.request();
  }

  answer(text: string): WireRequest {
    this.inputs.push(text);
    return this.request();
  }

  read({ body, headers }: WebhookReply): Shown {
    const name = this.habits.hopHeader;
    const mark = name === undefined ? undefined : headers?.[name];
    this.headers = name === undefined || mark === undefined ? {} : { [name]: mark };
    return { texts: [body.slice(4)], end: body.startsWith('END '), failed: false };
  }

  private request(): WireRequest {
    const { msisdn, network, to } = this.caller;
    const form = new URLSearchParams({
      sessionId: this.sessionId,
      phoneNumber: msisdn,
      ...(network === undefined ? {} : { networkCode: network }),
      serviceCode: to,
      text: this.inputs.join('*'),
    });
    return { contentType: 'application/x-www-form-urlencoded', headers: this.headers, body: form.toString() };
  }
}
