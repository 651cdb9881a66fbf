import { packFrames, trimmed, unpackFrames, type Packed } from '../engine/packing.js';
import type { ShownOption } from '../engine/state.js';
import type { WalkState } from '../engine/walk-state.js';
import { UndoLog } from '../engine/undo-log.js';
import type { TurnMessage } from '../ports.js';
import type { VoiceReply } from '../turn.js';
import type { History } from './history.js';
import type { LastReply, Session } from './session.js';

/**
 * A session as one short text. Sessions are many and memory is dear, so its first line is a JSON list without names, with 0
 * for what is not there and the end left off; times count from the start of the session, which is written to the base of
 * 36. Further lines are the log of what can be undone, which most turns only add to and never read.
 */
export function packSession(session: Session): string {
  const { last, claim, startedAt, state } = session;
  const main = packed([
    format,
    session.dialog,
    session.version,
    session.caller,
    startedAt.toString(36),
    session.turns,
    state ? packState(state, session.dialog) : 0,
    packHistory(session.history),
    last ? packReply(last, startedAt) : 0,
    session.ended ? 1 : 0,
    session.epoch,
    claim ? [claim.by, claim.until - startedAt] : 0,
    session.base ? [packState(session.base, session.dialog), session.base.undo.text] : 0,
    session.to ?? 0,
    session.language ?? 0,
    session.unsent.length > 0 ? session.unsent.map((message) => packMessage(message, startedAt)) : 0,
  ]);
  return state === undefined || state.undo.isEmpty ? main : `${main}\n${state.undo.text}`;
}

/** Undefined for a text of another format: such a session is as good as lost. */
export function unpackSession(text: string): Session | undefined {
  const mainEnd = text.indexOf('\n');
  const list = JSON.parse(mainEnd === -1 ? text : text.slice(0, mainEnd)) as Packed;
  if (list[0] !== format) return undefined;
  const [
    ,
    dialog,
    version,
    caller,
    began,
    turns,
    state,
    history,
    last,
    ended,
    epoch,
    claim,
    base,
    to,
    language,
    unsent,
  ] = list as [
    number,
    string,
    string,
    string,
    string,
    number?,
    (Packed | 0)?,
    PackedHistory?,
    (Packed | 0)?,
    (0 | 1)?,
    number?,
    ([string, number] | 0)?,
    ([state: Packed, undo: string] | 0)?,
    (string | 0)?,
    (string | 0)?,
    (PackedMessage[] | 0)?,
  ];
  const startedAt = parseInt(began, 36);
  return {
    dialog,
    version,
    caller,
    startedAt,
    to: to || undefined,
    language: language || undefined,
    epoch: epoch ?? 0,
    turns: turns ?? 0,
    state: state ? unpackState(state, dialog, mainEnd === -1 ? '' : text.slice(mainEnd + 1)) : undefined,
    history: unpackHistory(history),
    last: last ? unpackReply(last, startedAt) : undefined,
    claim: claim ? { by: claim[0], until: claim[1] + startedAt } : undefined,
    base: base ? unpackState(base[0], dialog, base[1]) : undefined,
    ended: ended === 1,
    unsent: unsent ? unsent.map((message) => unpackMessage(message, startedAt)) : [],
  };
}

const format = 2;

type PackedHistory =
  string | [lengths: number[], leadingStar: 0 | 1, kept: string | string[], sensitive: number[]] | 0 | undefined;

function packState(state: WalkState, root: string): Packed {
  return trimmed([
    packFrames(state.frames, root),
    state.language ?? 0,
    state.attempts,
    state.pages ?? 0,
    state.page,
    state.shown ?? 0,
    state.offeringResume ? 1 : 0,
  ]);
}

function unpackState(list: Packed, root: string, undo: string): WalkState {
  const [frames, language, attempts, pages, page, shown, offeringResume] = list as [
    Packed,
    (string | 0)?,
    number?,
    (string[] | 0)?,
    number?,
    (ShownOption[] | 0)?,
    (0 | 1)?,
  ];
  return {
    frames: unpackFrames(frames, root),
    language: language || undefined,
    undo: new UndoLog(root, undo),
    attempts: attempts ?? 0,
    pages: pages || undefined,
    page: page ?? 0,
    shown: shown || undefined,
    offeringResume: offeringResume === 1,
  };
}

/** A readable history whose every star is the end of a hop is its text alone. */
function packHistory(history: History): PackedHistory {
  const { kept, lengths, leadingStar, sensitive } = history;
  if (kept.kind === 'text' && areAtStars(lengths, kept.text)) return kept.text === '' ? 0 : kept.text;
  return [[...lengths], leadingStar ? 1 : 0, kept.kind === 'text' ? kept.text : [...kept.digests], [...sensitive]];
}

function areAtStars(lengths: readonly number[], text: string): boolean {
  const stars = endsAtStars(text);
  return stars.length === lengths.length && stars.every((end, i) => lengths[i] === end);
}

/** Where hops end if every star but one at the beginning ends one; the dial first. */
function endsAtStars(text: string): number[] {
  const ends = [0];
  if (text === '') return ends;
  for (let star = text.indexOf('*', 1); star !== -1; star = text.indexOf('*', star + 1)) ends.push(star);
  ends.push(text.length);
  return ends;
}

function unpackHistory(list: PackedHistory): History {
  if (list === undefined || list === 0 || typeof list === 'string') {
    const text = list || '';
    return {
      lengths: endsAtStars(text),
      leadingStar: text.startsWith('*'),
      kept: { kind: 'text', text },
      sensitive: [],
    };
  }
  const [lengths, leadingStar, kept, sensitive] = list;
  return {
    lengths,
    leadingStar: leadingStar === 1,
    kept: typeof kept === 'string' ? { kind: 'text', text: kept } : { kind: 'digests', digests: kept },
    sensitive,
  };
}

function packReply(last: LastReply, startedAt: number): Packed {
  return trimmed([
    last.texts.length === 1 ? last.texts[0] : last.texts,
    last.at - startedAt,
    last.tookMs,
    (last.failed ? 1 : 0) + (last.broken ? 2 : 0),
    last.fingerprint ?? 0,
    last.choices?.map(({ label, value }) => [label, value]) ?? 0,
    last.voice ?? 0,
  ]);
}

function unpackReply(list: Packed, startedAt: number): LastReply {
  const [texts, at, tookMs, flags, fingerprint, choices, voice] = list as [
    string | string[],
    number?,
    number?,
    number?,
    (string | 0)?,
    ([string, string][] | 0)?,
    (VoiceReply | 0)?,
  ];
  return {
    texts: typeof texts === 'string' ? [texts] : texts,
    at: (at ?? 0) + startedAt,
    tookMs: tookMs ?? 0,
    failed: ((flags ?? 0) & 1) !== 0,
    broken: ((flags ?? 0) & 2) !== 0,
    fingerprint: fingerprint || undefined,
    choices: choices ? choices.map(([label, value]) => ({ label, value })) : undefined,
    voice: voice || undefined,
  };
}

type PackedMessage = [key: string, provider: string, account: string, to: string, text: string, at: number];

function packMessage({ key, provider, account, to, text, at }: TurnMessage, startedAt: number): PackedMessage {
  return [key, provider, account, to, text, at - startedAt];
}

function unpackMessage([key, provider, account, to, text, at]: PackedMessage, startedAt: number): TurnMessage {
  return { key, provider, account, to, text, at: at + startedAt };
}

function packed(list: Packed): string {
  return JSON.stringify(trimmed(list));
}
