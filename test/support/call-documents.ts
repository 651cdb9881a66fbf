/** Where the answers to a document go. */
export interface AnswerAddress {
  readonly turn: number;
  readonly answers: string;
}

/** What stands within the root of a call document of Africa's Talking, byte for byte. */
export type CallActions = (at: AnswerAddress) => string;

/** The whole document. */
export function documentOf(actions: CallActions, at: AnswerAddress): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${actions(at)}</Response>`;
}

/** One sentence, in the provider's own voice where none is named. */
export function say(text: string, voice?: string): string {
  return voice === undefined ? `<Say>${text}</Say>` : `<Say voice="${voice}">${text}</Say>`;
}

/** Where the call goes when nothing was pressed or said. */
export function redirect({ turn, answers }: AnswerAddress): string {
  return `<Redirect>${answers}&amp;noinput=${String(turn)}</Redirect>`;
}

function digits(end: string, text: string, voice?: string): CallActions {
  return (at) =>
    `<GetDigits timeout="20" ${end} callbackUrl="${at.answers}">${say(text, voice)}</GetDigits>${redirect(at)}`;
}

/** A question that one key answers. */
export function oneKey(text: string, voice?: string): CallActions {
  return digits('numDigits="1"', text, voice);
}

/** A question for a PIN, which needs no key at its end. */
export function fourKeys(text: string, voice?: string): CallActions {
  return digits('numDigits="4"', text, voice);
}

/** A question for keys up to the `#`. */
export function keys(text: string, voice?: string): CallActions {
  return digits('finishOnKey="#"', text, voice);
}

/** A question that is answered by speaking. */
export function speech(text: string, maxSeconds?: number): CallActions {
  const length = maxSeconds === undefined ? '' : ` maxLength="${String(maxSeconds)}"`;
  return (at) =>
    `<Record finishOnKey="#"${length} trimSilence="true" playBeep="true" callbackUrl="${at.answers}">${say(text)}</Record>${redirect(at)}`;
}

/** Sentences after which the call ends. */
export function lastWords(...texts: readonly string[]): CallActions {
  return () => texts.map((text) => say(text)).join('');
}
