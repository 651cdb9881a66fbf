import { parseMsisdn } from '@app/telephony';
import type { SmsStep } from '../definition/model.js';
import { go } from '../engine/next.js';
import type { Walk } from '../engine/walk.js';
import type { StepBehaviour } from './kind.js';

/** Decides on a message, written as for SMS whatever channel the caller is on, and goes on at once. */
export const sms: StepBehaviour<SmsStep> = {
  enter(walk, step) {
    const name = `${walk.frame.dialog}/${step.name}`;
    const visit = walk.visit(name);
    const to = recipientOf(walk, step);
    const text = walk.text(step.text, 'sms');
    if (to !== undefined && text !== '') walk.decided.push({ step: name, visit, to, text });
    return go(step.go);
  },
};

/** Undefined, and counted as a missing variable, where there is no number to send to. */
function recipientOf(walk: Walk, { to }: SmsStep): string | undefined {
  const { caller, country } = walk.context;
  const number = to === undefined ? caller.msisdn : parseMsisdn(walk.render(to).trim(), country);
  if (number === undefined) walk.countMissing(to?.source ?? 'caller.msisdn');
  return number;
}
