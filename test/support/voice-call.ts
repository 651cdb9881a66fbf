import { readXml, type ReadElement } from '@app/testing';
import { freshId, freshMsisdn } from './gateways.js';
import { finalNotice, post } from './africastalking.js';
import type { Answer } from './send.js';

type Fields = Readonly<Record<string, string>>;

/** A document as the caller hears it. */
export interface Heard {
  readonly said: string;
  /** Names of the elements within the root, in order. */
  readonly actions: readonly string[];
  readonly root: ReadElement;
  readonly body: string;
}

/** A person who called a number of ours by way of Africa's Talking. */
export class VoiceCall {
  readonly sessionId = freshId('ATVId_');
  /** The last document. */
  heard: Heard | undefined;
  /** The last request, to be sent again. */
  last: readonly [path: string, fields: Fields] | undefined;

  constructor(
    private readonly url: () => string,
    readonly account = 'demo',
    private readonly number = '+254711082000',
    readonly msisdn = freshMsisdn(),
  ) {}

  dial(): Promise<Heard> {
    return this.ask(`/voice/africastalking/${this.account}`, {});
  }

  press(keys: string): Promise<Heard> {
    return this.ask(this.pathOf('GetDigits'), { dtmfDigits: keys });
  }

  speak(recordingUrl: string): Promise<Heard> {
    return this.ask(this.pathOf('Record'), { recordingUrl, durationInSeconds: '7' });
  }

  /** Does nothing: the provider follows the redirect behind what was asked. */
  silence(): Promise<Heard> {
    const redirect = this.heard?.root.children.find(({ name }) => name === 'Redirect');
    if (redirect === undefined) throw new Error('the call would end here');
    return this.ask(pathOf(redirect.text), {});
  }

  /** Somebody takes the transferred call, which the provider tells at the address of the number. */
  pickedUp(): Promise<Heard> {
    return this.ask(`/voice/africastalking/${this.account}`, { dialDestinationNumber: '+254711082001' });
  }

  /** The call is over, and the provider tells how it went. */
  hangUp(): Promise<Heard> {
    const { sessionId, msisdn: callerNumber, number: destinationNumber } = this;
    return this.ask(
      `/voice/africastalking/${this.account}`,
      finalNotice(sessionId, { callerNumber, destinationNumber }),
    );
  }

  /** The last request once more. */
  async repeat(): Promise<Heard> {
    const [path, fields] = this.last ?? ['', {}];
    return this.ask(path, fields);
  }

  /** The same with whatever comes back, and without going on from there. */
  async post(path: string, fields: Fields): Promise<Answer> {
    return post(this.url(), path, {
      ...{ isActive: '1', sessionId: this.sessionId, direction: 'Inbound', callSessionState: 'Answered' },
      ...{ callerNumber: this.msisdn, destinationNumber: this.number },
      ...fields,
    });
  }

  /** Where an action of the last document has its answer posted. */
  pathOf(action: string): string {
    const callback = this.heard?.root.children.find(({ name }) => name === action)?.attributes.callbackUrl;
    if (callback === undefined) throw new Error(`nothing asks for ${action}: ${this.heard?.body ?? 'no call'}`);
    return pathOf(callback);
  }

  private async ask(path: string, fields: Fields): Promise<Heard> {
    this.last = [path, fields];
    this.heard = readCall(await this.post(path, fields));
    return this.heard;
  }
}

/** Reads a document; throws for anything that the provider could not carry out. */
export function readCall({ status, contentType, body }: Answer): Heard {
  if (status !== 200 || contentType?.startsWith('application/xml') !== true) {
    throw new Error(`not a call document: ${String(status)} ${contentType ?? ''} ${body.slice(0, 200)}`);
  }
  const root = readXml(body);
  if (root.name !== 'Response') throw new Error(`not a call document: ${body}`);
  const said = root.children.flatMap((action) => [action, ...action.children]).filter(({ name }) => name === 'Say');
  return { said: said.map(({ text }) => text).join('\n'), actions: root.children.map(({ name }) => name), root, body };
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}
