import type { OptOut, OptOutStore } from '@app/reporting';

type Place = Pick<OptOut, 'address' | 'msisdn'>;

/** Who wrote STOP, for as long as the process lives. */
export class PlayedOptOuts implements Pick<OptOutStore, 'optOut' | 'optIn'> {
  private readonly out = new Set<string>();

  optOut(entry: OptOut): Promise<void> {
    this.out.add(keyOf(entry));
    return Promise.resolve();
  }

  optIn(entry: OptOut): Promise<void> {
    this.out.delete(keyOf(entry));
    return Promise.resolve();
  }

  has(place: Place): boolean {
    return this.out.has(keyOf(place));
  }
}

function keyOf({ address = '', msisdn }: Place): string {
  return `${address}\n${msisdn}`;
}
