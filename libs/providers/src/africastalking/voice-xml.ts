import { asText, isRecord } from '@app/provider-kit';
import type { Account, SpokenPart, TurnReply, VoiceCallbacks, VoicePrompt } from '@app/provider-kit';
import { writeXml, type XmlElement } from '../xml.js';

/** How long a person may think before the first key, in seconds; by itself the provider waits for 30. */
const keySeconds = '20';
const finishOnKey = '#';

/**
 * The document of a reply. What waits for the person holds the question, so that keys count while it is being heard, and is followed
 * by a redirect for the case that nothing comes; without a prompt the call ends with the document.
 * https://developers.africastalking.com/docs/voice/actions
 */
export function writeCall(reply: TurnReply, callbacks: VoiceCallbacks, account: Account): string {
  // What is said where there is no dialog to speak for itself, such as that the service is away, has texts alone.
  const spoken = reply.voice?.spoken ?? reply.texts.map((text): SpokenPart => ({ kind: 'say', text }));
  const language = reply.voice?.language ?? account.language ?? '';
  const prompt = reply.voice?.prompt;
  const hear = (part: SpokenPart): XmlElement => heard(part, voiceOf(language, account));
  if (prompt === undefined) return writeDocument(spoken.map(hear));
  const turn = reply.turn ?? 0;
  const silence = { name: 'Redirect', children: [callbacks.noInput(turn)] };
  if (prompt.kind === 'transfer') return writeDocument([...spoken.map(hear), dial(prompt), silence]);
  const { before, question } = parted(spoken);
  const asked = question === undefined ? [] : [hear(question)];
  return writeDocument([...before.map(hear), waiting(prompt, asked, callbacks.answer(turn)), silence]);
}

/** A document of these actions; without any, nothing is to be done. */
export function writeDocument(actions: readonly XmlElement[]): string {
  return writeXml({ name: 'Response', children: actions });
}

function heard(part: SpokenPart, voice: string | undefined): XmlElement {
  if (part.kind === 'play') return { name: 'Play', attributes: { url: part.url } };
  return { name: 'Say', attributes: voice === undefined ? {} : { voice }, children: [part.text] };
}

/** The last thing to be heard, all texts at the end as one, since what waits for keys holds a single Say or Play. */
function parted(spoken: readonly SpokenPart[]): { before: readonly SpokenPart[]; question: SpokenPart | undefined } {
  const last = spoken.at(-1);
  if (last?.kind !== 'say') return { before: spoken.slice(0, -1), question: last };
  const start = spoken.findLastIndex(({ kind }) => kind !== 'say') + 1;
  const texts = spoken.slice(start).map((part) => (part.kind === 'say' ? part.text : ''));
  return { before: spoken.slice(0, start), question: { kind: 'say', text: texts.join('\n') } };
}

type Waiting = Exclude<VoicePrompt, { readonly kind: 'transfer' }>;

function waiting(prompt: Waiting, asked: readonly XmlElement[], callbackUrl: string): XmlElement {
  if (prompt.kind === 'digits') {
    const end = prompt.digits === undefined ? { finishOnKey } : { numDigits: String(prompt.digits) };
    return { name: 'GetDigits', attributes: { timeout: keySeconds, ...end, callbackUrl }, children: asked };
  }
  const length = prompt.maxSeconds === undefined ? {} : { maxLength: String(prompt.maxSeconds) };
  const attributes = { finishOnKey, ...length, trimSilence: 'true', playBeep: 'true', callbackUrl };
  // Without anything within, the call would end with the recording.
  return { name: 'Record', attributes, children: asked.length > 0 ? asked : [{ name: 'Say', children: [''] }] };
}

function dial({ number, record }: VoicePrompt & { readonly kind: 'transfer' }): XmlElement {
  return { name: 'Dial', attributes: { phoneNumbers: number, ...(record ? { record: 'true' } : {}) } };
}

/** The account's voice for `sw-KE`, else the one for `sw`, else the provider's own choice. */
function voiceOf(language: string, account: Account): string | undefined {
  const { voices } = account.options;
  if (!isRecord(voices)) return undefined;
  return [language, language.split('-')[0] ?? '']
    .filter((tag) => Object.hasOwn(voices, tag))
    .map((tag) => asText(voices[tag]))[0];
}
