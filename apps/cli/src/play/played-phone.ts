import type { ScreenLimit } from '@app/dialog';
import type { Phone } from './conversation.js';
import type { Answered } from './line.js';
import type { Shown, Wire, WireRequest } from './wires/index.js';

/** What stands on the screen, and how it came. */
export interface Screen extends Shown {
  readonly limit: ScreenLimit;
  /** HTTP status of the reply: providers show an error of their own for all but 200. */
  readonly status: number;
  readonly dialog: string | undefined;
}

/** A phone with a screen, or a bot's chat, whose provider is played by its {@link Wire}. */
export class PlayedPhone implements Phone<Screen> {
  private last: WireRequest | undefined;
  private isOpen = false;

  constructor(
    private readonly wire: Wire,
    private readonly send: (request: WireRequest) => Promise<Answered>,
    /** Called before a new answer. */
    private readonly think: () => void,
  ) {}

  /** Whether an answer would belong to a session. */
  get open(): boolean {
    return this.isOpen;
  }

  dial(): Promise<Screen> {
    return this.exchange(this.wire.dial());
  }

  answer(text: string): Promise<Screen> {
    this.think();
    return this.exchange(this.wire.answer(text));
  }

  /** The last request once more, byte for byte, as a network that lost the reply would send it. */
  repeat(): Promise<Screen> {
    return this.last === undefined ? this.dial() : this.exchange(this.last);
  }

  hangUp(): Promise<void> {
    this.isOpen = false;
    return Promise.resolve();
  }

  private async exchange(request: WireRequest): Promise<Screen> {
    this.last = request;
    const { reply, screen, dialog } = await this.send(request);
    const shown = this.wire.read(reply);
    this.isOpen = !shown.end && reply.status === 200;
    return { ...shown, limit: screen, status: reply.status, dialog };
  }
}
