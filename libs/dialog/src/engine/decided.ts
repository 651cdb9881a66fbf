/** A message that a walk decided to send; whoever runs the walk sees to it that it is sent. */
export interface DecidedMessage {
  /** `dialog/step`; messages of a late walk have the step of the call before that, and a blank between. */
  readonly step: string;
  /** How often this turn has come by the step, from 1. */
  readonly visit: number;
  /** E.164. */
  readonly to: string;
  readonly text: string;
}
