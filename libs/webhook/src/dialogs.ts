import type { DialogService } from '@app/dialog';

/** What the webhook channels need of the dialog service. */
export type Dialogs = Pick<DialogService, 'handle' | 'ended' | 'connectionBroke' | 'phrase' | 'knows'>;
