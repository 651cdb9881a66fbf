import { replaceLookAlikes } from '@app/telephony';
import { cutPages, type NavigationLines } from '../paging/cut-pages.js';
import type { ScreenLimit, SpokenPart, VoiceReply } from '../turn.js';
import type { WalkResult } from './advance.js';
import { saidIn } from './voice.js';
import type { Walk } from './walk.js';

/** What a channel sends: one text a screen, or one a message for bots. */
export interface Presented {
  readonly texts: readonly string[];
  readonly end: boolean;
  readonly choices?: readonly { readonly label: string; readonly value: string }[];
  /** On voice only. */
  readonly voice?: VoiceReply;
}

/** Fits what a walk says to the channel; a screen of several pages is kept in the walk's state. */
export function present(walk: Walk, result: WalkResult, limit: ScreenLimit): Presented {
  const { state } = walk;
  if (result.kind === 'page') return { texts: [state.pages?.[state.page] ?? ''], end: result.end };
  if (walk.context.channel === 'bot') return messages(walk, result);
  if (walk.context.channel === 'voice') return call(walk, result);

  const { question, end, gaveUp } = result;
  const shown = limit.kind === 'septets' ? replaceLookAlikes : (text: string) => text;
  const screen = {
    lead: question.lead && shown(question.lead),
    head: shown([...saidIn(result.above), question.head].join('\n')),
    options: question.options.map(shown),
  };
  const pages = cutPages(screen, limit, navigationLines(walk, end));
  if (pages.length === 1) return { texts: pages, end };
  // A conversation that gave up has no step to page on: its phrase alone must do.
  if (gaveUp !== undefined)
    return { texts: cutPages({ head: question.head, options: [] }, limit, closingLines(walk)).slice(0, 1), end };
  state.pages = pages;
  return { texts: pages.slice(0, 1), end: false };
}

function messages(walk: Walk, { above, question, end }: Extract<WalkResult, { kind: 'screen' }>): Presented {
  const last = cutPages(question, { kind: 'unlimited' }, navigationLines(walk, end));
  const texts = [...saidIn(above), ...last].filter((text) => text !== '');
  return { texts: texts.length > 0 ? texts : [''], end, ...(question.choices && { choices: question.choices }) };
}

/** A call has no pages: it hears everything, and `texts` is what was said. */
function call(walk: Walk, result: Extract<WalkResult, { kind: 'screen' }>): Presented {
  const voice = voiceReply(walk, result);
  return { texts: [saidIn(voice.spoken).join('\n')], end: result.end, voice };
}

/** A walk's words as a call hears them: what was wrong, what stands above, the question, and its options. */
function voiceReply(walk: Walk, { above, question, end }: Extract<WalkResult, { kind: 'screen' }>): VoiceReply {
  const spoken = [say(question.lead), ...above, say(question.head), ...question.options.map(say)];
  return {
    spoken: spoken.filter((part) => part.kind === 'play' || part.text !== ''),
    ...(!end && question.prompt && { prompt: question.prompt }),
    language: walk.language,
  };
}

function say(text = ''): SpokenPart {
  return { kind: 'say', text };
}

function closingLines(walk: Walk): NavigationLines {
  return { ...navigationLines(walk, true), alwaysBack: false, home: undefined };
}

function navigationLines(walk: Walk, closing: boolean): NavigationLines {
  const { navigation, showNavigation } = walk.dialog;
  const first = walk.state.undo.isEmpty || walk.state.offeringResume;
  const always = showNavigation && !first;
  return {
    more: `${navigation.more ?? '98'}. ${walk.phrase('more')}`,
    back: navigation.back === undefined ? undefined : `${navigation.back}. ${walk.phrase('back')}`,
    alwaysBack: always && navigation.back !== undefined,
    home: always && navigation.home !== undefined ? `${navigation.home}. ${walk.phrase('home')}` : undefined,
    closing,
  };
}
