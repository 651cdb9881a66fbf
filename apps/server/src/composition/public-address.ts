import type { PublicUrl } from '@app/webhook';

/** How providers reach us: as the operator says, else where we listen, which may be known late. */
export class PublicAddress implements PublicUrl {
  #listening: string | undefined;

  constructor(private readonly configured: string | undefined) {}

  listensOn(url: string): void {
    this.#listening = url;
  }

  url(): string {
    return this.configured ?? this.#listening ?? '';
  }
}
