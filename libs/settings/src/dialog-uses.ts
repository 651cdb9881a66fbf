import { didYouMean } from './did-you-mean.js';
import type { Fault } from './fault.js';

/** A place of the configuration that names a dialog. */
export interface DialogUse {
  readonly dialog: string;
  /** The key of the channel: `ussd`, `sms`, `voice`, `bot`. */
  readonly channel: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A fault for every use of a dialog that is not there. */
export function unknownDialogs(uses: readonly DialogUse[], dialogs: ReadonlySet<string>): readonly Fault[] {
  return uses
    .filter(({ dialog }) => !dialogs.has(dialog))
    .map(({ dialog, file, line, column }) => ({
      ...{ file, line, column },
      message: `there is no dialog "${dialog}"`,
      hint: didYouMean(dialog, [...dialogs]),
    }));
}
