import type { PlayStep, RecordStep, SmsStep, TransferStep } from '../definition/model.js';
import { giveUp, go, type Next } from '../engine/next.js';
import type { StepBehaviour } from './kind.js';

/** Only a call can be connected: everyone else goes another way. */
export const transfer: StepBehaviour<TransferStep> = { enter: (_walk, step) => elsewhere(step.otherwise) };

/** Only a call can be recorded: everyone else goes another way. */
export const record: StepBehaviour<RecordStep> = { enter: (_walk, step) => elsewhere(step.otherwise) };

/** Only a call can be played to: everyone else goes on. */
export const play: StepBehaviour<PlayStep> = { enter: (_walk, step) => go(step.go) };

/** The dialog goes on at once; the message itself waits for the SMS channel, which the checker says. */
export const sms: StepBehaviour<SmsStep> = { enter: (_walk, step) => go(step.go) };

function elsewhere(otherwise: string | undefined): Next {
  return otherwise === undefined ? giveUp('unavailable') : go(otherwise);
}
