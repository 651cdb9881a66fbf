import { randomBytes } from 'node:crypto';
import { readCallDocument, type CallAction } from '@app/fake-provider';
import type { Phone } from '../conversation.js';
import type { WireCaller } from '../wires/index.js';
import { hearActions, type Pause } from './call-script.js';
import type { VoiceLine } from './voice-line.js';

/** What a caller heard since the last thing they did. */
export interface HeardCall {
  readonly lines: readonly string[];
  /** The call is over. */
  readonly over: boolean;
}

type Fields = Readonly<Record<string, string>>;

interface Sent {
  readonly url: string;
  readonly fields: Fields;
}

/** Documents in a row that ask for nothing: more are a loop. */
const mostRedirects = 20;

/** A caller behind Africa's Talking: reads its call documents as the network would, and posts what is done. */
export class PlayedCall implements Phone<HeardCall> {
  private sessionId = '';
  private began = 0;
  private recordings = 0;
  private last: Sent | undefined;
  private waiting: { readonly pause: Pause; readonly rest: readonly CallAction[]; readonly url: string } | undefined;

  constructor(
    private readonly line: VoiceLine,
    private readonly caller: WireCaller,
    private readonly now: () => number,
  ) {}

  get open(): boolean {
    return this.waiting !== undefined;
  }

  async dial(): Promise<HeardCall> {
    await this.hangUp();
    this.sessionId = `ATVId_${randomBytes(16).toString('hex')}`;
    this.began = this.now();
    return this.post({ url: this.line.url, fields: {} });
  }

  /** Keys, `rec` for a recording, `p` for a transfer that is picked up; an empty text is silence. */
  async answer(text: string): Promise<HeardCall> {
    const { waiting } = this;
    if (waiting === undefined) return this.dial();
    const deed = deedOf(waiting.pause, text.trim());
    if (deed === undefined) return { lines: [hints[waiting.pause.kind]], over: false };
    if (deed === 'nothing') return this.hear(waiting.rest, waiting.url);
    const fields = deed === 'recorded' ? { recordingUrl: this.recordingUrl() } : deed;
    const { pause } = waiting;
    return this.post({ url: (pause.kind === 'transfer' ? undefined : pause.url) ?? waiting.url, fields });
  }

  repeat(): Promise<HeardCall> {
    return this.last === undefined ? this.dial() : this.post(this.last);
  }

  async hangUp(): Promise<void> {
    if (!this.open) return;
    await this.end();
  }

  private async post(sent: Sent): Promise<HeardCall> {
    this.last = sent;
    const { url, fields } = sent;
    const { body } = await this.line.send(url, this.request({ isActive: '1', ...fields }));
    return this.hear(readCallDocument(body), url);
  }

  /** Goes on with what is left of a document. @param url where it came from. */
  private async hear(actions: readonly CallAction[], url: string): Promise<HeardCall> {
    const lines: string[] = [];
    let [present, rest] = [url, actions];
    for (let redirects = 0; redirects < mostRedirects; redirects++) {
      const { lines: heard, next } = hearActions(rest);
      lines.push(...heard);
      if (next.kind === 'pause') {
        this.waiting = { ...next, url: present };
        return { lines, over: false };
      }
      if (next.kind === 'end') break;
      present = next.url;
      this.last = { url: present, fields: {} };
      const { body } = await this.line.send(present, this.request({ isActive: '1' }));
      rest = readCallDocument(body);
    }
    await this.end();
    return { lines: [...lines, '(the call is over)'], over: true };
  }

  private async end(): Promise<void> {
    this.waiting = undefined;
    const seconds = Math.max(1, Math.round((this.now() - this.began) / 1_000));
    await this.line.send(
      this.line.url,
      this.request({
        ...{ isActive: '0', callSessionState: 'Completed', status: 'Success', hangupCause: 'NORMAL_CLEARING' },
        durationInSeconds: String(seconds),
      }),
    );
  }

  private request(fields: Fields) {
    const { msisdn, to } = this.caller;
    const common = { sessionId: this.sessionId, direction: 'Inbound', callerNumber: msisdn, destinationNumber: to };
    const body = new URLSearchParams({ ...common, ...fields }).toString();
    return { contentType: 'application/x-www-form-urlencoded', headers: {}, body };
  }

  private recordingUrl(): string {
    return `https://voice.example/recordings/${++this.recordings}.mp3`;
  }
}

/** What the person does, for the next request; undefined: nothing that can be done here. */
function deedOf(pause: Pause, text: string): Fields | 'nothing' | 'recorded' | undefined {
  switch (pause.kind) {
    case 'keys': {
      if (text === '') return 'nothing';
      if (!/^[\d*#]+$/.test(text)) return undefined;
      const keys = pause.digits === undefined ? text.replace(/#.*$/, '') : text.slice(0, pause.digits);
      return { dtmfDigits: keys };
    }
    case 'recording':
      if (text === '') return 'nothing';
      return text === 'rec' ? 'recorded' : undefined;
    case 'transfer':
      if (text === 'p') return { dialDestinationNumber: pause.number };
      return text === 'n' || text === '' ? 'nothing' : undefined;
  }
}

const hints: Readonly<Record<Pause['kind'], string>> = {
  keys: '(0 to 9, * and # can be pressed; an empty line is silence)',
  recording: '(rec speaks; an empty line is silence)',
  transfer: '(p: the call is picked up, n: it is not)',
};
