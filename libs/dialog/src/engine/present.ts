import { replaceLookAlikes } from '@app/telephony';
import { cutPages, type NavigationLines } from '../paging/cut-pages.js';
import type { ScreenLimit } from '../turn.js';
import type { WalkResult } from './advance.js';
import type { Walk } from './walk.js';

/** What a channel sends: one text a screen, or one a message for bots. */
export interface Presented {
  readonly texts: readonly string[];
  readonly end: boolean;
  readonly choices?: readonly { readonly label: string; readonly value: string }[];
}

/** Fits what a walk says to the channel; a screen of several pages is kept in the walk's state. */
export function present(walk: Walk, result: WalkResult, limit: ScreenLimit): Presented {
  const { state } = walk;
  if (result.kind === 'page') return { texts: [state.pages?.[state.page] ?? ''], end: result.end };
  if (walk.context.channel === 'bot') return messages(walk, result);

  const { question, end, gaveUp } = result;
  const shown = limit.kind === 'septets' ? replaceLookAlikes : (text: string) => text;
  const screen = {
    lead: question.lead && shown(question.lead),
    head: shown([...result.above, question.head].join('\n')),
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
  const texts = [...above, ...last].filter((text) => text !== '');
  return { texts: texts.length > 0 ? texts : [''], end, ...(question.choices && { choices: question.choices }) };
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
